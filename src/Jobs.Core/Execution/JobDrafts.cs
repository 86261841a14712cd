using System.Security.Cryptography;

namespace Jobs.Core;

/// <summary>Makes the records of new jobs from what callers say, and checks every value, wherever the jobs are written.</summary>
internal sealed class JobDrafts(JobLimits limits, IPayloadCodec codec, TermsFactory terms)
{
    /// <summary>What is agreed for jobs, and checked.</summary>
    internal TermsFactory Terms => terms;

    /// <summary>Checks what can be seen before anything is made: tasks, and how large the jobs and all of them together are.</summary>
    /// <param name="jobs">The jobs of one call.</param>
    /// <param name="requireAccepted">Throws for a task that is not accepted.</param>
    internal void CheckSizes(IReadOnlyList<EncodedJob> jobs, Action<TaskDefinition> requireAccepted)
    {
        if (jobs.Count > limits.MaxBatchJobs) throw new LimitExceededException(nameof(JobLimits.MaxBatchJobs), jobs.Count, limits.MaxBatchJobs);
        var bytes = 0L;
        TaskDefinition? accepted = null;
        foreach (var job in jobs)
        {
            ArgumentNullException.ThrowIfNull(job.Task);
            if (!ReferenceEquals(job.Task, accepted)) requireAccepted(accepted = job.Task);
            if (job.Payload.Length > limits.MaxPayloadBytes)
                throw new LimitExceededException(nameof(JobLimits.MaxPayloadBytes), job.Payload.Length, limits.MaxPayloadBytes);
            bytes += job.Payload.Length;
        }

        if (bytes > limits.MaxBatchBytes) throw new LimitExceededException(nameof(JobLimits.MaxBatchBytes), bytes, limits.MaxBatchBytes);
    }

    /// <summary>The partition that an id of the caller's own names, if it may be used.</summary>
    /// <param name="id">The id.</param>
    /// <param name="queue">The job's queue.</param>
    /// <param name="partitions">How many partitions the queue has.</param>
    internal static int PartitionOf(JobId id, QueueName queue, int partitions)
    {
        if (!id.IsNamed || id.QueueHash != queue.Hash || id.Partition >= partitions)
            throw new InvalidJobOptionException(nameof(EnqueueOptions.Id), id, $"make it with JobId.FromName(\"{queue}\", ...)");
        return id.Partition;
    }

    /// <summary>Refuses options that several jobs of a call share although they name one of them.</summary>
    internal static void RequireSharable(EnqueueOptions? options)
    {
        if (options?.Id is { } shared)
            throw new InvalidJobOptionException(nameof(EnqueueOptions.Id), shared, "it is one job's; give each job of the batch options of its own");
    }

    /// <summary>Refuses an id that may be used again, where only its partition's owner could see to it that the job which had it has ended.</summary>
    internal static void RequireLastingId(EnqueueOptions? options)
    {
        if (options is { IdScope: JobIdScope.Live })
        {
            throw new InvalidJobOptionException(
                nameof(EnqueueOptions.IdScope), options.IdScope,
                "in a transaction, by a producer or from an outbox an id is used once; leave the scope at IncludingHistory, or enqueue with the client of "
                + "a service and in no transaction");
        }
    }

    /// <summary>When a job is due that is enqueued now.</summary>
    internal DateTimeOffset RunAt(EnqueueOptions? options, DateTimeOffset now)
    {
        if (options is null || (options.RunAt is null && options.Delay is null)) return now;
        if (options.RunAt is not null && options.Delay is not null)
            throw new InvalidJobOptionException(nameof(EnqueueOptions.Delay), options.Delay, "say either RunAt or Delay, not both");
        if (options.Delay < TimeSpan.Zero)
            throw new InvalidJobOptionException(nameof(EnqueueOptions.Delay), options.Delay, "use zero or a positive time");
        var asked = options.RunAt ?? Times.Add(now, options.Delay!.Value);
        return asked <= now ? now : Times.Bounded(Times.CeilingToMilliseconds(asked), now, limits);
    }

    /// <summary>The record of a new job.</summary>
    /// <param name="job">What the caller said.</param>
    /// <param name="id">Its id.</param>
    /// <param name="agreed">Its terms.</param>
    /// <param name="times">Its times.</param>
    /// <param name="priority">How urgent it is.</param>
    /// <param name="sequence">Its place in its partition.</param>
    /// <param name="storedBytes">The bytes that are stored of the call's jobs so far, this one's added.</param>
    internal JobRecord Record(EncodedJob job, JobId id, JobTerms agreed, DraftTimes times, Priority priority, long sequence, ref long storedBytes) => new()
    {
        Id = id,
        Terms = agreed,
        Payload = ToStored(job, agreed, id, ref storedBytes),
        State = times.RunAt > times.EnqueuedAt ? JobState.Scheduled : JobState.Pending,
        Sequence = sequence,
        EnqueuedAt = times.EnqueuedAt,
        RunAt = times.RunAt,
        Priority = priority,
        UniqueKey = UniqueKeyOf(job),
    };

    /// <summary>What is stored of a payload. Limits hold for that too: encryption makes it larger.</summary>
    private ReadOnlyMemory<byte> ToStored(EncodedJob job, JobTerms agreed, JobId id, ref long storedBytes)
    {
        if (!PayloadProtection.IsProtected(agreed.ContentType)) return job.Payload;
        var stored = PayloadProtection.Close(job.Task, codec, agreed.ContentType, job.Payload, new PayloadPlace(id, agreed.Task, PayloadPart.Payload));
        storedBytes += stored.Length;
        if (stored.Length > limits.MaxPayloadBytes)
            throw new LimitExceededException(nameof(JobLimits.MaxPayloadBytes), stored.Length, limits.MaxPayloadBytes);
        if (storedBytes > limits.MaxBatchBytes) throw new LimitExceededException(nameof(JobLimits.MaxBatchBytes), storedBytes, limits.MaxBatchBytes);
        return stored;
    }

    private string? UniqueKeyOf(EncodedJob job)
    {
        var key = job.Options?.UniqueKey ?? job.Task.Options.UniqueKey;
        if (key is null && job.Task.Options.UniqueByPayload)
        {
            var hash = PayloadProtection.Of(job.Task, codec)?.Fingerprint(job.Payload) ?? SHA256.HashData(job.Payload.Span);
            key = job.Task.Name + ":" + Convert.ToHexStringLower(hash.Span)[..32];
        }

        return key is null ? null : terms.Require(nameof(JobOptions.UniqueKey), key);
    }
}
