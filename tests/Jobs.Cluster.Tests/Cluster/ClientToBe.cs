namespace Jobs.Cluster.Tests.Cluster;

/// <summary>The client of a cluster that is still starting, for handlers that run already: calls wait for the start.</summary>
internal sealed class ClientToBe(Task<IJobClient> started) : IJobClient
{
    public IPayloadCodec Codec => JsonPayloadCodec.Default;

    public IScheduleClient Schedules => started.IsCompletedSuccessfully
        ? started.Result.Schedules
        : throw new InvalidOperationException("The cluster is still starting; schedules wait for nobody.");

    public async ValueTask<IReadOnlyList<JobHandle>> EnqueueAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation) =>
        await (await started).EnqueueAsync(jobs, cancellation);

    public async ValueTask<JobSnapshot?> FindAsync(JobId id, CancellationToken cancellation) => await (await started).FindAsync(id, cancellation);

    public async ValueTask<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellation) =>
        await (await started).ListAsync(query, cancellation);

    public async ValueTask<JobCounts> CountAsync(QueueName? queue, CancellationToken cancellation) => await (await started).CountAsync(queue, cancellation);

    public async ValueTask<JobSnapshot> WaitAsync(JobId id, TimeSpan? timeout, CancellationToken cancellation) =>
        await (await started).WaitAsync(id, timeout, cancellation);

    public async ValueTask<JobSnapshot> ApplyAsync(JobId id, JobAction action, CancellationToken cancellation) =>
        await (await started).ApplyAsync(id, action, cancellation);

    public async ValueTask<int> ApplyAsync(JobFilter filter, JobAction action, CancellationToken cancellation) =>
        await (await started).ApplyAsync(filter, action, cancellation);
}
