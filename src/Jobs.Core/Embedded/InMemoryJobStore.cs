namespace Jobs.Core;

/// <summary>Keeps jobs in this process and no longer; the reference for what a store does.</summary>
public sealed partial class InMemoryJobStore(InMemoryStoreOptions? options = null) : IJobStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<JobId, JobRecord> _unfinished = [];
    private readonly FinishedJobs _finished = new(options ?? new InMemoryStoreOptions());
    private readonly Dictionary<(QueueName Queue, string Key), JobId> _uniqueKeys = [];
    private readonly Dictionary<PartitionKey, StoredPartition> _partitions = [];

    /// <inheritdoc/>
    public StoreCapabilities Capabilities { get; } = new(IsDurable: false);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation)
    {
        lock (_gate) return new([.. _unfinished.Values.Select(j => j.Partition).Distinct()]);
    }

    /// <inheritdoc/>
    public ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(claim);
        lock (_gate)
        {
            // No other process can have this store, so nobody is kept waiting for an owner that may be gone.
            var stored = PartitionOf(partition);
            var before = stored.Owner is null ? OwnerBefore.Released : stored.Owner == claim.Owner ? OwnerBefore.Same : OwnerBefore.Lost;
            stored.Owner = claim.Owner;
            stored.Epoch++;
            var jobs = _unfinished.Values.Where(j => j.Partition == partition).ToList();
            return new(new PartitionClaim.Granted(new PartitionOpening(
                stored.Epoch,
                stored.LastSequence,
                jobs.Count,
                [.. jobs.Where(j => j.State is not JobState.Running).Select(j => j.Terms.Task).Distinct()],
                [.. jobs.Where(j => j.State is JobState.Running || (j.State is JobState.Retrying && j.Terms.GroupKey is not null))],
                before)));
        }
    }

    /// <inheritdoc/>
    public ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(string owner, CancellationToken cancellation)
    {
        lock (_gate)
        {
            foreach (var partition in _partitions.Values.Where(p => p.Owner == owner)) partition.Owner = null;
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(units);
        lock (_gate)
        {
            if (units.Count == 1) return new([Commit(units[0].Changes)]);
            var verdicts = new CommitVerdict[units.Count];
            for (var i = 0; i < verdicts.Length; i++) verdicts[i] = Commit(units[i].Changes);
            return new(verdicts);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_gate)
        {
            var stored = PartitionOf(request.Partition);
            if (stored.Index is null || stored.Index.Strategy != request.Strategy)
                stored.Index = new WaitingIndex(_unfinished.Values.Where(j => j.Partition == request.Partition), request.Strategy);
            return new(stored.Index.Page(request));
        }
    }

    /// <inheritdoc/>
    public ValueTask<JobRecord?> FindAsync(JobId id, CancellationToken cancellation)
    {
        lock (_gate) return new(_unfinished.GetValueOrDefault(id) ?? _finished.Find(id));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobRecord>> ListAsync(JobQuery query, DateTimeOffset asOf, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        lock (_gate)
        {
            var matching = _unfinished.Values.Concat(_finished.All).Where(j => JobFilters.Matches(query, j, asOf))
                .Where(j => query.After is not { } after || (query.NewestFirst ? j.Id < after : j.Id > after));
            var sorted = query.NewestFirst ? matching.OrderByDescending(j => j.Id) : matching.OrderBy(j => j.Id);
            return new([.. sorted.Take(query.PageJobs)]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<JobCounts> CountAsync(QueueName? queue, DateTimeOffset asOf, CancellationToken cancellation)
    {
        var counts = new long[Enum.GetValues<JobState>().Length];
        lock (_gate)
        {
            foreach (var job in _unfinished.Values.Concat(_finished.All))
            {
                if (queue is null || job.Terms.Queue == queue) counts[(int)JobFilters.StateAt(job, asOf)]++;
            }
        }

        return new(JobFilters.ToCounts(counts));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PartitionBacklog>> ReadBacklogAsync(
        IReadOnlyCollection<PartitionKey> partitions, DateTimeOffset asOf, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        var counts = partitions.Distinct().ToDictionary(key => key, _ => new BacklogCount());
        lock (_gate)
        {
            foreach (var job in _unfinished.Values) counts.GetValueOrDefault(job.Partition)?.Add(JobFilters.StateAt(job, asOf), 1, job.RunAt);
        }

        return new(counts.Select(count => count.Value.Of(count.Key)).ToList());
    }

    /// <inheritdoc/>
    public ValueTask<HistoryPlace?> FindSizeCutAsync(QueueName queue, JobState state, long maxBytes, CancellationToken cancellation)
    {
        lock (_gate) return new(_finished.FindSizeCut(queue, state, maxBytes));
    }

    /// <inheritdoc/>
    public ValueTask<int> PruneAsync(PruneRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_gate) return new(_finished.Prune(request));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Makes the changes at once: what ends first, because it may free a unique key, then what comes back, then what is new.</summary>
    private CommitVerdict Commit(IReadOnlyList<JobChange> changes)
    {
        if ((Fence(changes) as CommitVerdict ?? Refusal(changes)) is { } refusal) return refusal;
        Dictionary<JobId, JobId>? existing = null;
        for (var step = changes.Count == 1 ? ChangeStep.New : ChangeStep.Present; step <= ChangeStep.New; step++)
        {
            for (var i = 0; i < changes.Count; i++)
            {
                if (changes.Count > 1 && StepOf(changes[i].Transition) != step) continue;
                var (before, after) = (changes[i].Transition.Before, changes[i].Transition.After);
                if (before is null && after is { UniqueKey: { } key } && _uniqueKeys.TryGetValue((after.Terms.Queue, key), out var holder))
                    (existing ??= [])[after.Id] = holder;
                else
                    Apply(before, after);
            }
        }

        return existing is null ? CommitVerdict.Committed.Instance : new CommitVerdict.CommittedExcept(existing);
    }

    private static ChangeStep StepOf(JobTransition transition) =>
        transition.Before is null ? ChangeStep.New : Revived(transition) is null ? ChangeStep.Present : ChangeStep.Back;

    private CommitVerdict.Fenced? Fence(IReadOnlyList<JobChange> changes)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            var partition = changes[i].Transition.Job.Partition;
            if (PartitionOf(partition).Epoch != changes[i].Epoch) return new CommitVerdict.Fenced(partition);
        }

        return null;
    }

    private CommitVerdict? Refusal(IReadOnlyList<JobChange> changes)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            var transition = changes[i].Transition;
            if (transition.Before is null)
            {
                if (!changes[i].IsFresh && IsTaken(transition.Job.Id, changes, i)) return new CommitVerdict.IdTaken(transition.Job.Id);
            }
            else if (Stored(transition.Before) is not { } stored || stored.Deliveries > transition.Before.Deliveries)
            {
                return new CommitVerdict.Conflict(transition.Job.Id);
            }
            else if (Revived(transition) is { UniqueKey: { } key } job && _uniqueKeys.TryGetValue((job.Terms.Queue, key), out var holder)
                && !Ends(changes, holder))
            {
                return new CommitVerdict.KeyTaken(job.Id, holder);
            }
        }

        return null;
    }

    private static bool Ends(IReadOnlyList<JobChange> changes, JobId id) =>
        changes.Any(c => c.Transition.Job.Id == id && (c.Transition.After is null || c.Transition.After.State.IsFinal()));

    private static JobRecord? Revived(JobTransition transition) =>
        transition.Before!.State.IsFinal() && transition.After is { } after && !after.State.IsFinal() ? after : null;

    private bool IsTaken(JobId id, IReadOnlyList<JobChange> changes, int index)
    {
        if (_unfinished.ContainsKey(id) || _finished.Find(id) is not null) return true;
        for (var i = 0; i < index; i++)
        {
            if (changes[i].Transition.Job.Id == id) return true;
        }

        return false;
    }

    private JobRecord? Stored(JobRecord before) => before.State.IsFinal() ? _finished.Find(before.Id) : _unfinished.GetValueOrDefault(before.Id);

    private void Apply(JobRecord? before, JobRecord? after)
    {
        var job = (after ?? before)!;
        var partition = PartitionOf(job.Partition);
        if (before is not null && before.State.IsFinal()) _finished.Remove(before.Id);
        if (after is null || after.State.IsFinal())
        {
            _unfinished.Remove(job.Id, out var was);
            if (was is not null) partition.Index?.Remove(was);
            if (was?.UniqueKey is { } key && _uniqueKeys.TryGetValue((was.Terms.Queue, key), out var holder) && holder == was.Id)
                _uniqueKeys.Remove((was.Terms.Queue, key));
            if (after is not null) _finished.Add(after);
            return;
        }

        partition.LastSequence = Math.Max(partition.LastSequence, after.Sequence);
        if (partition.Index is { } index)
        {
            if (_unfinished.TryGetValue(after.Id, out var old)) index.Remove(old);
            index.Add(after);
        }

        _unfinished[after.Id] = after;
        if (after.UniqueKey is { } unique) _uniqueKeys.TryAdd((after.Terms.Queue, unique), after.Id);
    }

    private StoredPartition PartitionOf(PartitionKey key)
    {
        if (_partitions.TryGetValue(key, out var partition)) return partition;
        partition = new StoredPartition();
        _partitions.Add(key, partition);
        return partition;
    }

    private enum ChangeStep
    {
        Present,
        Back,
        New,
    }

    private sealed class StoredPartition
    {
        internal long Epoch { get; set; }

        internal long LastSequence { get; set; }

        internal string? Owner { get; set; }

        internal WaitingIndex? Index { get; set; }
    }
}
