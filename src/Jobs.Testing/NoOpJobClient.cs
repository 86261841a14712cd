using System.Security.Cryptography;

namespace Jobs.Testing;

/// <summary>A client that accepts everything and does nothing, for code whose jobs do not matter in a test or at all.</summary>
/// <remarks>
/// Payloads are encoded, so one that cannot be encoded is found; nothing else is checked or kept. Every enqueue returns handles with new
/// ids, or the caller's own. No job is ever found: <see cref="FindAsync"/> gives null, lists are empty and counts zero, an action on a
/// filter changes 0 jobs. Waiting for a job or acting on one throws <see cref="JobNotFoundException"/> at once, so nobody waits for ever;
/// that holds for <c>RunAsync(task, …)</c> and <c>handle.ResultAsync()</c> too.
/// </remarks>
public sealed class NoOpJobClient : IJobClient
{
    private readonly JobIdSource _ids;

    /// <summary>Makes a client.</summary>
    /// <param name="clock">Where the time in the ids comes from; default the system's clock.</param>
    /// <param name="codec">The codec of tasks that name none; default <see cref="JsonPayloadCodec"/>.</param>
    public NoOpJobClient(TimeProvider? clock = null, IPayloadCodec? codec = null)
    {
        Codec = codec ?? JsonPayloadCodec.Default;
        _ids = new JobIdSource(clock ?? TimeProvider.System, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
    }

    /// <inheritdoc/>
    public IPayloadCodec Codec { get; }

    /// <summary>Does nothing.</summary>
    /// <returns>A handle per job, with a new id or the caller's own.</returns>
    public ValueTask<IReadOnlyList<JobHandle>> EnqueueAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        return new([.. jobs.Select(job => new JobHandle(this, job.Options?.Id ?? _ids.Next(QueueOf(job), 0)))]);
    }

    /// <summary>Finds nothing.</summary>
    /// <returns>Null.</returns>
    public ValueTask<JobSnapshot?> FindAsync(JobId id, CancellationToken cancellation = default) => new((JobSnapshot?)null);

    /// <summary>Lists nothing.</summary>
    /// <returns>An empty page.</returns>
    public ValueTask<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellation = default) => new([]);

    /// <summary>Counts nothing.</summary>
    /// <returns>Zero of each state.</returns>
    public ValueTask<JobCounts> CountAsync(QueueName? queue = null, CancellationToken cancellation = default) => new(new JobCounts());

    /// <summary>Does not wait, because the job will never run.</summary>
    /// <exception cref="JobNotFoundException">Always.</exception>
    public ValueTask<JobSnapshot> WaitAsync(JobId id, TimeSpan? timeout = null, CancellationToken cancellation = default) => NotFound(id);

    /// <summary>Changes nothing.</summary>
    /// <exception cref="JobNotFoundException">Always.</exception>
    public ValueTask<JobSnapshot> ApplyAsync(JobId id, JobAction action, CancellationToken cancellation = default) => NotFound(id);

    /// <summary>Changes nothing.</summary>
    /// <returns>Zero.</returns>
    public ValueTask<int> ApplyAsync(JobFilter filter, JobAction action, CancellationToken cancellation = default) => new(0);

    private static QueueName QueueOf(EncodedJob job) => job.Options?.Queue ?? job.Task.Options.Queue ?? QueueName.Default;

    private static ValueTask<JobSnapshot> NotFound(JobId id) => ValueTask.FromException<JobSnapshot>(new JobNotFoundException(id));
}
