using System.Threading.Channels;

namespace Jobs.Core.Tests.Commit;

/// <summary>A store that answers a commit only when the test says so.</summary>
internal sealed class HeldStore(bool hasIntakeLane = false) : IJobStore
{
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

    public StoreCapabilities Capabilities { get; } = new(IsDurable: false, hasIntakeLane);

    /// <summary>The next call that came in, or comes in.</summary>
    internal Task<Call> NextCallAsync() => _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(180));

    /// <summary>What a call throws before it waits; null for nothing.</summary>
    internal Exception? ThrowAtOnce { get; set; }

    internal bool HasCall => _calls.Reader.Count > 0;

    public ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
    {
        if (ThrowAtOnce is { } error) throw error;
        var call = new Call([.. units]);
        _calls.Writer.TryWrite(call);
        return new(call.Answer.Task);
    }

    public ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask ReleaseAsync(string owner, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<JobRecord?> FindAsync(JobId id, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<JobRecord>> ListAsync(JobQuery query, DateTimeOffset asOf, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<JobCounts> CountAsync(QueueName? queue, DateTimeOffset asOf, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<PartitionBacklog>> ReadBacklogAsync(
        IReadOnlyCollection<PartitionKey> partitions, DateTimeOffset asOf, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<HistoryPlace?> FindSizeCutAsync(QueueName queue, JobState state, long maxBytes, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<int> PruneAsync(PruneRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal sealed record Call(IReadOnlyList<CommitUnit> Units)
    {
        internal TaskCompletionSource<IReadOnlyList<CommitVerdict>> Answer { get; } = new();

        internal void Commit() => Answer.SetResult([.. Units.Select(_ => CommitVerdict.Committed.Instance)]);

        internal void Fail(Exception error) => Answer.SetException(error);
    }
}
