using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Jobs.Grains.Contracts;

namespace Jobs.Client;

/// <summary>Gives new jobs their ids and partitions, and writes them down for the partitions.</summary>
internal sealed class NewJobs(JobsClientOptions options, QueueMap queues)
{
    private const int RequestIdBytes = 16;

    private readonly JobIdSource _ids = new(options.Clock, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
    private readonly ConditionalWeakTable<TaskDefinition, JobOptionsMessage> _plain = [];
    private readonly byte[] _drawn = new byte[64 * RequestIdBytes];
    private int _left;
    private uint _spread;

    /// <summary>A request for each partition that gets some of the jobs, and the ids in the order of the jobs.</summary>
    internal async ValueTask<(EnqueueRequest[] Requests, JobId[] Ids)> WriteAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        var written = new NewJobMessage[jobs.Count];
        JobOptionsMessage? message = null;
        for (var i = 0; i < written.Length; i++)
        {
            var (task, payload, said, isAwaited) = jobs[i];
            ArgumentNullException.ThrowIfNull(task);
            if (message is null || !ReferenceEquals(task, jobs[i - 1].Task) || !ReferenceEquals(said, jobs[i - 1].Options))
                message = MessageOf(task, said);
            else if (said?.Id is { } shared)
                throw new InvalidJobOptionException(nameof(EnqueueOptions.Id), shared, "it is one job's; give each job of the batch options of its own");
            if (said?.Id is { } own) CheckOwn(own, message.Queue ?? QueueName.Default);
            var id = said?.Id ?? await NextIdAsync(message, cancellation).ConfigureAwait(false);
            written[i] = new NewJobMessage
            {
                Id = id,
                Task = task.Name,
                Payload = Stored(task, message, id, payload),
                Options = message,
                UniqueKey = UniqueKeyOf(task, message, payload),
                IsOwnId = said?.Id is not null,
                IdScope = said?.IdScope ?? default,
                IsAwaited = isAwaited,
            };
        }

        return (Divide(written), Array.ConvertAll(written, job => job.Id));
    }

    /// <inheritdoc cref="WriteAsync(IReadOnlyList{EncodedJob}, CancellationToken)"/>
    internal async ValueTask<(EnqueueRequest[] Requests, JobId[] Ids)> WriteAsync(string task, IReadOnlyList<NewTaskJob> jobs, bool isAwaited)
    {
        var definition = TaskDefinition.Raw(task);
        var written = new NewJobMessage[jobs.Count];
        JobOptionsMessage? message = null;
        for (var i = 0; i < written.Length; i++)
        {
            var job = jobs[i];
            if (message is null || !ReferenceEquals(job.Options, jobs[i - 1].Options)) message = Completed(job.Options ?? new JobOptionsMessage(), definition);
            if (job.OwnId is { } own) CheckOwn(own, message.Queue ?? QueueName.Default);
            var id = job.OwnId ?? await NextIdAsync(message, CancellationToken.None).ConfigureAwait(false);
            written[i] = new NewJobMessage
            {
                Id = id,
                Task = task,
                Payload = Stored(definition, message, id, job.Payload),
                Options = message,
                UniqueKey = UniqueKeyOf(definition, message, job.Payload),
                IsOwnId = job.OwnId is not null,
                IdScope = job.IdScope,
                IsAwaited = isAwaited,
            };
        }

        return (Divide(written), Array.ConvertAll(written, job => job.Id));
    }

    /// <summary>What the caller's side knows of a job whose caller has only a task's name.</summary>
    private JobOptionsMessage Completed(JobOptionsMessage said, TaskDefinition definition) => said with
    {
        ContentType = PayloadProtection.TypeOf(definition.Options, options.Codec, said.ContentType ?? options.Codec.ContentType),
        CodeVersion = said.CodeVersion ?? options.CodeVersion,
    };

    /// <summary>What is sent and stored of a payload: encrypted here, if it is to be, so that nobody on the way can read it.</summary>
    private ReadOnlyMemory<byte> Stored(TaskDefinition task, JobOptionsMessage message, JobId id, ReadOnlyMemory<byte> payload) =>
        PayloadProtection.Close(task, options.Codec, message.ContentType!, payload, new PayloadPlace(id, task.Name, PayloadPart.Payload));

    /// <summary>A key from an encrypted payload is made here, because the silo could only compare what is different each time.</summary>
    private string? UniqueKeyOf(TaskDefinition task, JobOptionsMessage message, ReadOnlyMemory<byte> payload) =>
        message is { UniqueByPayload: true, UniqueKey: null } && PayloadProtection.Of(task, options.Codec) is { } protector
            ? task.Name + ":" + Convert.ToHexStringLower(protector.Fingerprint(payload).Span)[..32]
            : null;

    private EnqueueRequest[] Divide(NewJobMessage[] jobs)
    {
        // Whoever commits for several partitions makes the same records as they do, so nothing is left for chance.
        var requestId = NewRequestId();
        if (jobs is [var single]) return [RequestOf(single.Options.Queue ?? QueueName.Default, single.Id.Partition, jobs, requestId)];
        var requests = jobs.GroupBy(job => (Queue: job.Options.Queue ?? QueueName.Default, job.Id.Partition)).Select(
            part => RequestOf(part.Key.Queue, part.Key.Partition, [.. part], requestId));

        // In one order for all callers, so that no two of them wait for what the other one has.
        return [.. requests.OrderBy(request => request.Queue.Value, StringComparer.Ordinal).ThenBy(request => request.Partition)];
    }

    private static EnqueueRequest RequestOf(QueueName queue, int partition, NewJobMessage[] jobs, string requestId) =>
        new() { Queue = queue, Partition = partition, Jobs = jobs, RequestId = requestId };

    /// <summary>The id of a call. Randomness is drawn for many calls at once, because asking the system for it costs more than the rest.</summary>
    private string NewRequestId()
    {
        lock (_drawn)
        {
            if (_left == 0)
            {
                RandomNumberGenerator.Fill(_drawn);
                _left = _drawn.Length;
            }

            _left -= RequestIdBytes;
            return Convert.ToHexStringLower(_drawn, _left, RequestIdBytes);
        }
    }

    private async ValueTask<JobId> NextIdAsync(JobOptionsMessage message, CancellationToken cancellation)
    {
        var queue = await queues.DescribeAsync(message.Queue ?? QueueName.Default, cancellation).ConfigureAwait(false);
        return _ids.Next(queue.Queue, Choose(queue, message.GroupKey));
    }

    /// <summary>The partition of a new job: that of its group, else each in turn. An engine in one process chooses the same way.</summary>
    private int Choose(QueueDescription queue, string? groupKey)
    {
        if (queue.Partitions == 1) return 0;
        var number = groupKey is null ? Interlocked.Increment(ref _spread) : PartitionKeys.StableHash(groupKey);
        return (int)(number % (uint)queue.Partitions);
    }

    private static void CheckOwn(JobId id, QueueName queue)
    {
        if (!id.IsNamed || id.QueueHash != queue.Hash)
            throw new InvalidJobOptionException(nameof(EnqueueOptions.Id), id, $"make it with JobId.FromName(\"{queue}\", ...)");
    }

    /// <summary>
    /// What is said of a job. If only its task says anything, and nothing is current here that goes with it, all such jobs share one message:
    /// then it is made once, and sent once with all requests that go together.
    /// </summary>
    private JobOptionsMessage MessageOf(TaskDefinition task, EnqueueOptions? said)
    {
        if (said is not null || Activity.Current is not null || JobRequest.Id is not null || JobRequest.User is not null) return MakeMessage(task, said);
        var type = PayloadProtection.TypeOf(task.Options, options.Codec);
        if (_plain.TryGetValue(task, out var known) && known.ContentType == type && known.CodeVersion == options.CodeVersion) return known;
        var made = MakeMessage(task, null);
        _plain.AddOrUpdate(task, made);
        return made;
    }

    private JobOptionsMessage MakeMessage(TaskDefinition task, EnqueueOptions? said) => JobOptionsMessage.Of(task, said) with
    {
        ContentType = PayloadProtection.TypeOf(task.Options, options.Codec),
        CodeVersion = options.CodeVersion,
    };
}
