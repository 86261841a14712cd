namespace Jobs.Core;

/// <content>From what a caller asks to committed jobs.</content>
public sealed partial class EmbeddedEngine
{
    internal async ValueTask<IReadOnlyList<JobHandle>> EnqueueAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        CheckSizes(jobs);
        var (changes, owners, queues) = await PrepareAsync(jobs, cancellation).ConfigureAwait(false);
        await ReserveAsync(queues, cancellation).ConfigureAwait(false);
        try
        {
            if (!_pipeline.HasRoom) await WaitForStoreAsync(queues.Keys, cancellation).ConfigureAwait(false);
            for (var i = 0; i < changes.Length; i++)
            {
                if (jobs[i].IsAwaited) Waiters.Prepare(changes[i].Transition.Job.Id);
            }
        }
        catch
        {
            foreach (var (queue, count) in queues) queue.Release(count);
            throw;
        }

        var unit = new EnqueueUnit(changes, owners);
        _pipeline.Submit(unit);
        if (unit.Settled.IsCompletedSuccessfully) return Answer(jobs, changes, queues, unit.Settled.Result);
        var answer = AnswerLaterAsync(unit, jobs, changes, queues);
        return await answer.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>A caller who gives up waiting leaves this running: what was reserved for his jobs is still settled.</summary>
    private async Task<JobHandle[]> AnswerLaterAsync(
        EnqueueUnit unit, IReadOnlyList<EncodedJob> jobs, JobChange[] changes, Dictionary<JobQueue, int> queues) =>
        Answer(jobs, changes, queues, await unit.Settled.ConfigureAwait(false));

    /// <summary>Waits while the store is behind, as long and as willingly as the queues say.</summary>
    private async ValueTask WaitForStoreAsync(IEnumerable<JobQueue> queues, CancellationToken cancellation)
    {
        var queue = queues.MinBy(q => q.Options.WhenFull is FullQueue.Throw ? TimeSpan.Zero : q.Options.WaitForRoom)!;
        var patience = queue.Options.WhenFull is FullQueue.Throw ? TimeSpan.Zero : queue.Options.WaitForRoom;
        using var time = new CancellationTokenSource(Times.ForTimer(patience), Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellation);
        try
        {
            await _pipeline.WaitForRoomAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new QueueBusyException(queue.Name, nameof(CommitLimits.MaxQueuedChanges), _settings.CommitLimits.MaxQueuedChanges);
        }
    }

    private void CheckSizes(IReadOnlyList<EncodedJob> jobs)
    {
        var limits = _settings.Limits;
        if (jobs.Count > limits.MaxBatchJobs) throw new LimitExceededException(nameof(JobLimits.MaxBatchJobs), jobs.Count, limits.MaxBatchJobs);
        var bytes = 0L;
        TaskDefinition? accepted = null;
        foreach (var job in jobs)
        {
            ArgumentNullException.ThrowIfNull(job.Task);
            if (!ReferenceEquals(job.Task, accepted)) RequireAccepted(accepted = job.Task);
            if (job.Payload.Length > limits.MaxPayloadBytes)
                throw new LimitExceededException(nameof(JobLimits.MaxPayloadBytes), job.Payload.Length, limits.MaxPayloadBytes);
            bytes += job.Payload.Length;
        }

        if (bytes > limits.MaxBatchBytes) throw new LimitExceededException(nameof(JobLimits.MaxBatchBytes), bytes, limits.MaxBatchBytes);
    }

    private async ValueTask<(JobChange[] Changes, PartitionRunner[] Owners, Dictionary<JobQueue, int> Queues)> PrepareAsync(
        IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        var changes = new JobChange[jobs.Count];
        var owners = new PartitionRunner[jobs.Count];
        var queues = new Dictionary<JobQueue, int>(1);
        var now = Clock.GetUtcNow();
        var requestId = _terms.CurrentRequestId();
        JobTerms? terms = null;
        JobQueue? queue = null;
        var runAt = now;
        var inQueue = 0;
        for (var i = 0; i < changes.Length; i++)
        {
            var (task, payload, options, _) = jobs[i];
            if (terms is null || !ReferenceEquals(task, jobs[i - 1].Task) || !ReferenceEquals(options, jobs[i - 1].Options))
            {
                if (queue is not null) queues[queue] = queues.GetValueOrDefault(queue) + inQueue;
                terms = _terms.Create(task, options, requestId);
                queue = await QueueAsync(terms.Queue, cancellation).ConfigureAwait(false);
                runAt = RunAt(options, now);
                inQueue = 0;
            }

            inQueue++;
            owners[i] = options?.Id is { } own ? OwnerOf(own, queue!, terms, jobs.Count) : queue!.Choose(terms.GroupKey);
            var id = options?.Id ?? _ids.Next(terms.Queue, owners[i].Key.Number);
            var record = new JobRecord
            {
                Id = id,
                Terms = terms,
                Payload = payload,
                State = runAt > now ? JobState.Scheduled : JobState.Pending,
                Sequence = owners[i].TakeSequence(1),
                EnqueuedAt = now,
                RunAt = runAt,
                Priority = options?.Priority ?? task.Options.Priority ?? default,
                UniqueKey = UniqueKeyOf(task, options, payload),
            };
            changes[i] = owners[i].Change(new JobTransition(null, record)) with { IsFresh = options?.Id is null };
        }

        queues[queue!] = queues.GetValueOrDefault(queue!) + inQueue;
        return (changes, owners, queues);
    }

    private static PartitionRunner OwnerOf(JobId id, JobQueue queue, JobTerms terms, int jobs)
    {
        if (jobs > 1) throw new InvalidJobOptionException(nameof(EnqueueOptions.Id), id, "enqueue jobs with ids of your own one at a time");
        if (!id.IsNamed || id.QueueHash != terms.Queue.Hash)
            throw new InvalidJobOptionException(nameof(EnqueueOptions.Id), id, $"make it with JobId.FromName(\"{terms.Queue}\", ...)");
        return queue.Partitions[id.Partition];
    }

    private string? UniqueKeyOf(TaskDefinition task, EnqueueOptions? options, ReadOnlyMemory<byte> payload)
    {
        var key = options?.UniqueKey ?? task.Options.UniqueKey;
        if (key is null && task.Options.UniqueByPayload)
            key = task.Name + ":" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(payload.Span))[..32];
        return key is null ? null : _terms.Require(nameof(JobOptions.UniqueKey), key);
    }

    private DateTimeOffset RunAt(EnqueueOptions? options, DateTimeOffset now)
    {
        if (options is null || (options.RunAt is null && options.Delay is null)) return now;
        if (options.RunAt is not null && options.Delay is not null)
            throw new InvalidJobOptionException(nameof(EnqueueOptions.Delay), options.Delay, "say either RunAt or Delay, not both");
        if (options.Delay < TimeSpan.Zero)
            throw new InvalidJobOptionException(nameof(EnqueueOptions.Delay), options.Delay, "use zero or a positive time");
        var asked = options.RunAt ?? Times.Add(now, options.Delay!.Value);
        return asked <= now ? now : Times.Bounded(Times.CeilingToMilliseconds(asked), now, _settings.Limits);
    }

    private async ValueTask ReserveAsync(Dictionary<JobQueue, int> queues, CancellationToken cancellation)
    {
        var reserved = new List<(JobQueue Queue, int Count)>(queues.Count);
        try
        {
            // In one order for all callers, so that no two of them wait for what the other one has.
            foreach (var (queue, count) in queues.Count == 1 ? queues : queues.OrderBy(q => q.Key.Name.Value, StringComparer.Ordinal).AsEnumerable())
            {
                await queue.ReserveAsync(count, Clock, cancellation).ConfigureAwait(false);
                reserved.Add((queue, count));
            }
        }
        catch
        {
            foreach (var (queue, count) in reserved) queue.Release(count);
            throw;
        }
    }

    private JobHandle[] Answer(
        IReadOnlyList<EncodedJob> jobs, JobChange[] changes, Dictionary<JobQueue, int> queues, CommitVerdict verdict)
    {
        var existing = (verdict as CommitVerdict.CommittedExcept)?.Existing;
        if (verdict is not CommitVerdict.Committed && existing is null)
        {
            foreach (var (queue, count) in queues) queue.Release(count);
            for (var i = 0; i < changes.Length; i++)
            {
                if (jobs[i].IsAwaited) Waiters.Leave(changes[i].Transition.Job.Id);
            }

            throw verdict switch
            {
                CommitVerdict.IdTaken taken => new DuplicateJobException(taken.Id),
                CommitVerdict.Failed failed => failed.Error,
                _ => new ServiceStoppedException("enqueue jobs"),
            };
        }

        var handles = new JobHandle[changes.Length];
        for (var i = 0; i < handles.Length; i++)
        {
            var job = changes[i].Transition.Job;
            if (existing is not null && existing.TryGetValue(job.Id, out var holder))
            {
                FindQueue(job.Terms.Queue)!.Release(1);
                if (jobs[i].IsAwaited) Waiters.Leave(job.Id);
                handles[i] = new JobHandle(Client, holder, alreadyExisted: true);
            }
            else
            {
                handles[i] = new JobHandle(Client, job.Id);
            }
        }

        return handles;
    }
}
