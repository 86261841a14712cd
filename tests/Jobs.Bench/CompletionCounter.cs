using System.Diagnostics;
using Jobs.Core;

namespace Jobs.Bench;

/// <summary>Passes everything on to a store, counts the completions that it has committed, and times the commits of new jobs.</summary>
/// <param name="inner">The store.</param>
/// <param name="told">Hears how many there are whenever there are more.</param>
internal sealed class CompletionCounter(IJobStore inner, Action<long>? told = null) : IJobStore
{
    private long _completed;
    private long _wanted = long.MaxValue;
    private long _lastIntakeTicks;
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoreCapabilities Capabilities => inner.Capabilities;

    internal long Count => Volatile.Read(ref _completed);

    /// <summary>How long the store took for the last commit with a new job in it.</summary>
    internal TimeSpan LastIntake => new(Volatile.Read(ref _lastIntakeTicks));

    internal Task WhenAsync(long jobs)
    {
        Volatile.Write(ref _wanted, jobs);
        if (Volatile.Read(ref _completed) >= jobs) _reached.TrySetResult();
        return _reached.Task;
    }

    public async ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
    {
        var before = Stopwatch.GetTimestamp();
        var verdicts = await inner.CommitAsync(units, cancellation);
        if (units[0].Changes[0].Transition.Before is null) Volatile.Write(ref _lastIntakeTicks, Stopwatch.GetElapsedTime(before).Ticks);
        var completed = 0;
        for (var u = 0; u < units.Count; u++)
        {
            if (verdicts[u] is not CommitVerdict.Committed) continue;
            var changes = units[u].Changes;
            for (var i = 0; i < changes.Count; i++)
            {
                if (changes[i].Transition.After is { State: JobState.Completed }) completed++;
            }
        }

        if (completed == 0) return verdicts;
        var count = Interlocked.Add(ref _completed, completed);
        if (count >= Volatile.Read(ref _wanted)) _reached.TrySetResult();
        told?.Invoke(count);
        return verdicts;
    }

    public ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation) => inner.ListPartitionsAsync(cancellation);

    public ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation) =>
        inner.ClaimAsync(partition, claim, cancellation);

    public ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellation) => inner.RenewAsync(owner, lease, cancellation);

    public ValueTask ReleaseAsync(string owner, CancellationToken cancellation) => inner.ReleaseAsync(owner, cancellation);

    public ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation) => inner.LoadAsync(request, cancellation);

    public ValueTask<JobRecord?> FindAsync(JobId id, CancellationToken cancellation) => inner.FindAsync(id, cancellation);

    public ValueTask<IReadOnlyList<JobRecord>> FindManyAsync(IReadOnlyList<JobId> ids, CancellationToken cancellation) =>
        inner.FindManyAsync(ids, cancellation);

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

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
