namespace Jobs.Core;

/// <summary>Keeps jobs in this process and no longer; the reference for what a store does.</summary>
public sealed class InMemoryJobStore(InMemoryStoreOptions? options = null) : IJobStore
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
    public ValueTask<PartitionOpening> OwnAsync(PartitionKey partition, string owner, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var stored = PartitionOf(partition);
            stored.Epoch++;
            var jobs = _unfinished.Values.Where(j => j.Partition == partition).ToList();
            return new(new PartitionOpening(
                stored.Epoch,
                stored.LastSequence,
                jobs.Count,
                [.. jobs.Select(j => j.Terms.Task).Distinct()],
                [.. jobs.Where(j => j.State is JobState.Running || (j.State is JobState.Retrying && j.Terms.GroupKey is not null))]));
        }
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
    public ValueTask<int> PruneAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        lock (_gate) return new(_finished.Prune(now));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private CommitVerdict Commit(IReadOnlyList<JobChange> changes)
    {
        if (Refusal(changes) is { } refusal) return refusal;
        Dictionary<JobId, JobId>? existing = null;
        for (var i = 0; i < changes.Count; i++)
        {
            var (before, after) = (changes[i].Transition.Before, changes[i].Transition.After);
            if (before is null && after is { UniqueKey: { } key } && _uniqueKeys.TryGetValue((after.Terms.Queue, key), out var holder))
            {
                (existing ??= [])[after.Id] = holder;
                continue;
            }

            Apply(before, after);
        }

        return existing is null ? CommitVerdict.Committed.Instance : new CommitVerdict.CommittedExcept(existing);
    }

    private CommitVerdict? Refusal(IReadOnlyList<JobChange> changes)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            var (transition, epoch) = (changes[i].Transition, changes[i].Epoch);
            var partition = PartitionOf(transition.Job.Partition);
            if (partition.Epoch != epoch) return new CommitVerdict.Fenced(transition.Job.Partition);
            if (transition.Before is null)
            {
                if (!changes[i].IsFresh && IsTaken(transition.Job.Id, changes, i)) return new CommitVerdict.IdTaken(transition.Job.Id);
            }
            else if (Stored(transition.Before) is not { } stored || stored.Deliveries > transition.Before.Deliveries)
            {
                return new CommitVerdict.Conflict(transition.Job.Id);
            }
            else if (Revived(transition) is { UniqueKey: { } key } job && _uniqueKeys.TryGetValue((job.Terms.Queue, key), out var holder))
            {
                return new CommitVerdict.KeyTaken(job.Id, holder);
            }
        }

        return null;
    }

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

    private sealed class StoredPartition
    {
        internal long Epoch { get; set; }

        internal long LastSequence { get; set; }

        internal WaitingIndex? Index { get; set; }
    }
}
