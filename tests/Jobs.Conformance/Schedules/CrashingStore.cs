using System.Collections.Concurrent;
using Jobs.Core;

namespace Jobs.Conformance.Schedules;

/// <summary>
/// The store of one process that may die: at a chosen write, before or after it is done, or between two. A dead process gets no answers.
/// Every occurrence that was committed goes into a ledger that outlives it.
/// </summary>
internal sealed class CrashingStore(IJobStore inner, ConcurrentDictionary<string, int> ledger) : IJobStore, IScheduleStore
{
    private int _writesLeft = -1;
    private bool _diesAfterWriting;

    public StoreCapabilities Capabilities => inner.Capabilities;

    internal bool IsDead { get; private set; }

    private IScheduleStore InnerSchedules => inner.Schedules!;

    /// <summary>Lets the process die at its n-th write of an occurrence or a schedule, from 0.</summary>
    internal void DieAt(int write, bool afterWriting) => (_writesLeft, _diesAfterWriting) = (write, afterWriting);

    internal void Die() => IsDead = true;

    public ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation) => Alive().ListPartitionsAsync(cancellation);

    // The process before is dead, and this one knows it; it need not wait for a lease that counts in real time.
    public ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation) =>
        Alive().ClaimAsync(partition, claim with { EvenIfHeld = true }, cancellation);

    public ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellation) => Alive().RenewAsync(owner, lease, cancellation);

    public ValueTask ReleaseAsync(string owner, CancellationToken cancellation) => Alive().ReleaseAsync(owner, cancellation);

    public ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation) =>
        units.Any(u => Occurrences(u).Any()) ? WriteAsync(() => CommitAndNoteAsync([.. units])) : Alive().CommitAsync(units, cancellation);

    public ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation) => Alive().LoadAsync(request, cancellation);

    public ValueTask<JobRecord?> FindAsync(JobId id, CancellationToken cancellation) => Alive().FindAsync(id, cancellation);

    public ValueTask<IReadOnlyList<JobRecord>> ListAsync(JobQuery query, DateTimeOffset asOf, CancellationToken cancellation) =>
        Alive().ListAsync(query, asOf, cancellation);

    public ValueTask<JobCounts> CountAsync(QueueName? queue, DateTimeOffset asOf, CancellationToken cancellation) =>
        Alive().CountAsync(queue, asOf, cancellation);

    public ValueTask<IReadOnlyList<PartitionBacklog>> ReadBacklogAsync(
        IReadOnlyCollection<PartitionKey> partitions, DateTimeOffset asOf, CancellationToken cancellation) =>
        Alive().ReadBacklogAsync(partitions, asOf, cancellation);

    public ValueTask<HistoryPlace?> FindSizeCutAsync(QueueName queue, JobState state, long maxBytes, CancellationToken cancellation) =>
        Alive().FindSizeCutAsync(queue, state, maxBytes, cancellation);

    public ValueTask<int> PruneAsync(PruneRequest request, CancellationToken cancellation) => Alive().PruneAsync(request, cancellation);

    public ValueTask<IReadOnlyList<ScheduleRecord>> ListSchedulesAsync(ScheduleId? after, int maxSchedules, CancellationToken cancellation) =>
        AliveSchedules().ListSchedulesAsync(after, maxSchedules, cancellation);

    public ValueTask<IReadOnlyDictionary<ScheduleId, long>> ListScheduleVersionsAsync(CancellationToken cancellation) =>
        AliveSchedules().ListScheduleVersionsAsync(cancellation);

    public ValueTask<ScheduleRecord?> FindScheduleAsync(ScheduleId id, CancellationToken cancellation) => AliveSchedules().FindScheduleAsync(id, cancellation);

    public ValueTask<bool> SaveScheduleAsync(ScheduleRecord schedule, long? expectedVersion, CancellationToken cancellation) =>
        WriteAsync(() => InnerSchedules.SaveScheduleAsync(schedule, expectedVersion, cancellation));

    public ValueTask<bool> DeleteScheduleAsync(ScheduleId id, long expectedVersion, CancellationToken cancellation) =>
        AliveSchedules().DeleteScheduleAsync(id, expectedVersion, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static IEnumerable<JobRecord> Occurrences(CommitUnit unit) => unit.Changes.Where(c => c.Transition.Before is null)
        .Select(c => c.Transition.Job).Where(j => j.Terms.Headers.ContainsKey(ScheduleHeaders.Schedule));

    private IJobStore Alive() => IsDead ? throw new IOException("The process is dead.") : inner;

    private IScheduleStore AliveSchedules() => IsDead ? throw new IOException("The process is dead.") : InnerSchedules;

    private async ValueTask<T> WriteAsync<T>(Func<ValueTask<T>> write)
    {
        _ = Alive();
        var dies = Interlocked.Decrement(ref _writesLeft) == -1;
        if (dies && !_diesAfterWriting)
        {
            Die();
            _ = Alive();
        }

        var written = await write().ConfigureAwait(false);
        if (dies) Die();
        _ = Alive();
        return written;
    }

    private async ValueTask<IReadOnlyList<CommitVerdict>> CommitAndNoteAsync(IReadOnlyList<CommitUnit> units)
    {
        var jobs = units.Select(u => Occurrences(u).ToList()).ToList();
        var verdicts = await inner.CommitAsync(units, CancellationToken.None).ConfigureAwait(false);
        for (var i = 0; i < jobs.Count; i++)
        {
            if (verdicts[i] is not CommitVerdict.Committed) continue;
            foreach (var job in jobs[i])
            {
                var name = job.Terms.Headers[ScheduleHeaders.Schedule] + " " + job.Terms.Headers[ScheduleHeaders.Time];
                ledger.AddOrUpdate(name, 1, (_, times) => times + 1);
            }
        }

        return verdicts;
    }
}
