namespace Jobs.Core.Tests.Embedded;

/// <summary>A store that does what the one behind it does; tests override what they want to disturb.</summary>
internal class StoreDecorator(IJobStore inner) : IJobStore
{
    public virtual StoreCapabilities Capabilities => inner.Capabilities;

    public virtual IScheduleStore? Schedules => inner.Schedules;

    public virtual IHandlerTransactions? HandlerTransactions => inner.HandlerTransactions;

    public virtual IInboxStore? Inbox => inner.Inbox;

    public virtual ISettingStore? Settings => inner.Settings;

    public virtual ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation) => inner.ListPartitionsAsync(cancellation);

    public virtual ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation) =>
        inner.ClaimAsync(partition, claim, cancellation);

    public virtual ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellation) => inner.RenewAsync(owner, lease, cancellation);

    public virtual ValueTask ReleaseAsync(string owner, CancellationToken cancellation) => inner.ReleaseAsync(owner, cancellation);

    public virtual ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation) =>
        inner.CommitAsync(units, cancellation);

    public virtual ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation) => inner.LoadAsync(request, cancellation);

    public virtual ValueTask<JobRecord?> FindAsync(JobId id, CancellationToken cancellation) => inner.FindAsync(id, cancellation);

    public virtual ValueTask<IReadOnlyList<JobRecord>> ListAsync(JobQuery query, DateTimeOffset asOf, CancellationToken cancellation) =>
        inner.ListAsync(query, asOf, cancellation);

    public virtual ValueTask<JobCounts> CountAsync(QueueName? queue, DateTimeOffset asOf, CancellationToken cancellation) =>
        inner.CountAsync(queue, asOf, cancellation);

    public virtual ValueTask<IReadOnlyList<PartitionBacklog>> ReadBacklogAsync(
        IReadOnlyCollection<PartitionKey> partitions, DateTimeOffset asOf, CancellationToken cancellation) =>
        inner.ReadBacklogAsync(partitions, asOf, cancellation);

    public virtual ValueTask<HistoryPlace?> FindSizeCutAsync(QueueName queue, JobState state, long maxBytes, CancellationToken cancellation) =>
        inner.FindSizeCutAsync(queue, state, maxBytes, cancellation);

    public virtual ValueTask<int> PruneAsync(PruneRequest request, CancellationToken cancellation) => inner.PruneAsync(request, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
