using Jobs.Core;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>A store that several silos of a test share: none of them closes it.</summary>
internal sealed class SharedStore(IJobStore inner) : IJobStore
{
    /// <summary>Called before each claim; its failure is the claim's.</summary>
    internal Func<PartitionKey, Task> BeforeClaim { get; set; } = static _ => Task.CompletedTask;

    public StoreCapabilities Capabilities => inner.Capabilities;

    public IScheduleStore? Schedules => inner.Schedules;

    public ISettingStore? Settings => inner.Settings;

    public ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation) => inner.ListPartitionsAsync(cancellation);

    public async ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation)
    {
        await BeforeClaim(partition).WaitAsync(cancellation);
        return await inner.ClaimAsync(partition, claim, cancellation);
    }

    public ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellation) => inner.RenewAsync(owner, lease, cancellation);

    public ValueTask ReleaseAsync(string owner, CancellationToken cancellation) => inner.ReleaseAsync(owner, cancellation);

    public ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation) =>
        inner.CommitAsync(units, cancellation);

    public ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation) => inner.LoadAsync(request, cancellation);

    public ValueTask<JobRecord?> FindAsync(JobId id, CancellationToken cancellation) => inner.FindAsync(id, cancellation);

    public ValueTask<IReadOnlyList<JobRecord>> ListAsync(JobQuery query, DateTimeOffset asOf, CancellationToken cancellation) =>
        inner.ListAsync(query, asOf, cancellation);

    public ValueTask<JobCounts> CountAsync(QueueName? queue, DateTimeOffset asOf, CancellationToken cancellation) =>
        inner.CountAsync(queue, asOf, cancellation);

    public ValueTask<IReadOnlyList<PartitionBacklog>> ReadBacklogAsync(
        IReadOnlyCollection<PartitionKey> partitions, DateTimeOffset asOf, CancellationToken cancellation) =>
        inner.ReadBacklogAsync(partitions, asOf, cancellation);

    public ValueTask<HistoryPlace?> FindSizeCutAsync(QueueName queue, JobState state, long maxBytes, CancellationToken cancellation) =>
        inner.FindSizeCutAsync(queue, state, maxBytes, cancellation);

    public ValueTask<int> PruneAsync(PruneRequest request, CancellationToken cancellation) => inner.PruneAsync(request, cancellation);

    public ValueTask DisposeAsync() => default;
}
