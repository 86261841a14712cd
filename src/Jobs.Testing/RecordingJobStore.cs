using Jobs.Core;

namespace Jobs.Testing;

/// <summary>
/// Remembers every job that was committed, in order, and how it stands. A job leaves only when it is deleted, not when its retention is over.
/// </summary>
internal sealed class RecordingJobStore(IJobStore inner) : IJobStore
{
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<JobId, JobRecord> _jobs = [];
    private readonly Dictionary<JobId, JobRecord> _unfinished = [];

    public StoreCapabilities Capabilities => inner.Capabilities;

    public IScheduleStore? Schedules => inner.Schedules;

    public IHandlerTransactions? HandlerTransactions => inner.HandlerTransactions;

    public IInboxStore? Inbox => inner.Inbox;

    public ISettingStore? Settings => inner.Settings;

    internal int Count
    {
        get
        {
            lock (_gate) return _jobs.Count;
        }
    }

    internal int UnfinishedCount
    {
        get
        {
            lock (_gate) return _unfinished.Count;
        }
    }

    internal JobRecord[] All
    {
        get
        {
            lock (_gate) return [.. _jobs.Values];
        }
    }

    public ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation) => inner.ListPartitionsAsync(cancellation);

    public ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation) =>
        inner.ClaimAsync(partition, claim, cancellation);

    public ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellation) => inner.RenewAsync(owner, lease, cancellation);

    public ValueTask ReleaseAsync(string owner, CancellationToken cancellation) => inner.ReleaseAsync(owner, cancellation);

    public async ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
    {
        var verdicts = await inner.CommitAsync(units, cancellation).ConfigureAwait(false);
        lock (_gate)
        {
            for (var i = 0; i < units.Count; i++)
            {
                var leftOut = (verdicts[i] as CommitVerdict.CommittedExcept)?.Existing;
                if (leftOut is null && verdicts[i] is not CommitVerdict.Committed) continue;
                foreach (var change in units[i].Changes)
                {
                    if (leftOut?.ContainsKey(change.Transition.Job.Id) != true) Record(change.Transition);
                }
            }
        }

        return verdicts;
    }

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

    internal JobRecord? Find(JobId id)
    {
        lock (_gate) return _jobs.GetValueOrDefault(id);
    }

    /// <summary>The job at a position from 1; null out of range.</summary>
    internal JobRecord? At(int position)
    {
        lock (_gate) return position >= 1 && position <= _jobs.Count ? _jobs.GetAt(position - 1).Value : null;
    }

    /// <summary>When the next job that waits for its time is due; null if none does.</summary>
    internal DateTimeOffset? NextDue(DateTimeOffset now, Func<string, bool> supports)
    {
        DateTimeOffset? next = null;
        lock (_gate)
        {
            foreach (var job in _unfinished.Values)
            {
                if (job.State is JobState.Running || job.RunAt <= now || next <= job.RunAt || !supports(job.Terms.Task)) continue;
                next = job.RunAt;
            }
        }

        return next;
    }

    private void Record(JobTransition transition)
    {
        var id = transition.Job.Id;
        if (transition.After is not { } after)
        {
            _jobs.Remove(id);
            _unfinished.Remove(id);
            return;
        }

        _jobs[id] = after;
        if (after.State.IsFinal()) _unfinished.Remove(id);
        else _unfinished[id] = after;
    }
}
