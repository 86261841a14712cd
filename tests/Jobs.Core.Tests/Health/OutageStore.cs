using Jobs.Core.Tests.Embedded;

namespace Jobs.Core.Tests.Health;

/// <summary>A store that a test takes away and brings back; while it is away, nothing is written and everybody is told.</summary>
internal sealed class OutageStore(IJobStore inner) : StoreDecorator(inner)
{
    internal volatile bool IsAway;

    /// <summary>Called for each commit that somebody tries.</summary>
    internal Action? Committing { get; set; }

    public override ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation) =>
        Reach(() => base.ListPartitionsAsync(cancellation));

    public override ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation) =>
        Reach(() => base.ClaimAsync(partition, claim, cancellation));

    public override async ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellation) => await Reach(async ValueTask<bool> () =>
    {
        await base.RenewAsync(owner, lease, cancellation);
        return true;
    });

    public override ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
    {
        Committing?.Invoke();
        return Reach(() => base.CommitAsync(units, cancellation));
    }

    public override ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation) =>
        Reach(() => base.LoadAsync(request, cancellation));

    public override ValueTask<HistoryPlace?> FindSizeCutAsync(QueueName queue, JobState state, long maxBytes, CancellationToken cancellation) =>
        Reach(() => base.FindSizeCutAsync(queue, state, maxBytes, cancellation));

    public override ValueTask<int> PruneAsync(PruneRequest request, CancellationToken cancellation) => Reach(() => base.PruneAsync(request, cancellation));

    private ValueTask<T> Reach<T>(Func<ValueTask<T>> call) =>
        IsAway ? ValueTask.FromException<T>(new StoreUnavailableException("of the test", new IOException("It is away."))) : call();
}
