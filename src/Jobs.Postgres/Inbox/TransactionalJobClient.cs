using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres;

/// <summary>
/// A client whose enqueues go into a transaction of the caller's; everything else is what the client behind it does. It lives as long as
/// the transaction; the handles that it returns live on.
/// </summary>
internal sealed class TransactionalJobClient : IJobClient, ITaskCheck
{
    private readonly IJobClient _inner;
    private readonly InboxWriter _writer;
    private readonly Func<(NpgsqlConnection Connection, NpgsqlTransaction? Transaction)> _target;
    private readonly EnqueueCall _enqueue;

    internal TransactionalJobClient(IJobClient inner, InboxWriter writer, Func<(NpgsqlConnection Connection, NpgsqlTransaction? Transaction)> target)
    {
        _inner = inner;
        _writer = writer;
        _target = target;
        _enqueue = new EnqueueCall(inner.EnqueueMiddleware, WriteAsync);
    }

    public IPayloadCodec Codec => _inner.Codec;

    public IReadOnlyList<IEnqueueMiddleware> EnqueueMiddleware => _inner.EnqueueMiddleware;

    public IScheduleClient Schedules => _inner.Schedules;

    public IPauseClient Pauses => _inner.Pauses;

    public ILimitClient Limits => _inner.Limits;

    public IWorkerClient Workers => _inner.Workers;

    public ILeaseClient Leases => _inner.Leases;

    public void RequireAccepted(TaskDefinition task) => (_inner as ITaskCheck)?.RequireAccepted(task);

    public ValueTask<IReadOnlyList<JobHandle>> EnqueueAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        if (jobs.Count == 0) return new([]);
        if (jobs.Any(job => job.IsAwaited))
        {
            throw new InvalidOperationException(
                "A job does not run before the transaction that it was enqueued in has committed, so it cannot be awaited in it. Enqueue it, commit, "
                + "and await the handle.");
        }

        return _enqueue.RunAsync(jobs, cancellation);
    }

    public ValueTask<JobSnapshot?> FindAsync(JobId id, CancellationToken cancellation = default) => _inner.FindAsync(id, cancellation);

    public ValueTask<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellation = default) => _inner.ListAsync(query, cancellation);

    public ValueTask<JobCounts> CountAsync(QueueName? queue = null, CancellationToken cancellation = default) => _inner.CountAsync(queue, cancellation);

    /// <summary>Waits for a job, or for the one that has its unique key.</summary>
    public ValueTask<JobSnapshot> WaitAsync(JobId id, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        ExistingJob.FollowAsync((job, time) => _inner.WaitAsync(job, time, cancellation), id, timeout);

    public ValueTask<JobSnapshot> ApplyAsync(JobId id, JobAction action, CancellationToken cancellation = default) =>
        _inner.ApplyAsync(id, action, cancellation);

    public ValueTask<int> ApplyAsync(JobFilter filter, JobAction action, CancellationToken cancellation = default) =>
        _inner.ApplyAsync(filter, action, cancellation);

    private async ValueTask<IReadOnlyList<JobHandle>> WriteAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        var (connection, transaction) = _target();
        var ids = await _writer.WriteAsync(connection, transaction, jobs, RequireAccepted, cancellation).ConfigureAwait(false);
        return [.. ids.Select(id => new JobHandle(this, id))];
    }
}
