namespace Jobs.Core;

/// <summary>
/// What a batch of units changes in sum, for stores that write it set by set: each job once, from what it was first to what it is last,
/// and each partition with the epoch it is written under.
/// </summary>
public sealed class CommitContent
{
    private readonly Dictionary<JobId, JobChange> _changes = [];
    private readonly Dictionary<PartitionKey, long> _epochs = [];
    private readonly List<JobRecord> _keyed = [];

    /// <summary>Sums up units.</summary>
    public CommitContent(IReadOnlyList<CommitUnit> units)
    {
        ArgumentNullException.ThrowIfNull(units);
        foreach (var unit in units)
        {
            for (var i = 0; i < unit.Changes.Count; i++) Add(unit.Changes[i]);
        }
    }

    /// <summary>One change for each job.</summary>
    public IReadOnlyCollection<JobChange> Changes => _changes.Values;

    /// <summary>The epochs that the partitions must have.</summary>
    public IReadOnlyDictionary<PartitionKey, long> Epochs => _epochs;

    /// <summary>New jobs with a unique key: the ones that are left out when an unfinished job has the key.</summary>
    public IReadOnlyList<JobRecord> Keyed => _keyed;

    /// <summary>True if nothing but new jobs are in it; a store with an intake lane commits them beside other changes.</summary>
    public bool IsIntake { get; private set; } = true;

    /// <summary>True if a new job's id may be that of another one already, finished ones included.</summary>
    public bool MustLookForIds { get; private set; }

    /// <summary>A partition that is claimed under two epochs, so that at least one claim is fenced; null if there is none.</summary>
    public PartitionKey? ClaimedTwice { get; private set; }

    /// <summary>
    /// Splits units into runs that come out the same whether they are settled one after the other or set by set: what ends first, then what
    /// comes back, then what is new. A unit begins a new run if it changes a job that the run changes already, or frees a unique key that
    /// the run wants, or brings back a job whose key a new one of the run wants.
    /// </summary>
    public static IEnumerable<IReadOnlyList<CommitUnit>> InRuns(IReadOnlyList<CommitUnit> units)
    {
        ArgumentNullException.ThrowIfNull(units);
        var run = new CommitRun();
        var start = 0;
        for (var i = 0; i < units.Count; i++)
        {
            if (run.TryAdd(units[i])) continue;
            yield return Slice(units, start, i);
            start = i;
            run.Clear();
            run.TryAdd(units[i]);
        }

        if (start < units.Count) yield return Slice(units, start, units.Count);
    }

    /// <summary>The fates of units that were committed, given who has the unique keys afterwards.</summary>
    /// <param name="units">The units.</param>
    /// <param name="holders">The job that has the key of each of <see cref="Keyed"/>, by the new job's id.</param>
    public IReadOnlyList<CommitVerdict> Committed(IReadOnlyList<CommitUnit> units, IReadOnlyDictionary<JobId, JobId> holders)
    {
        ArgumentNullException.ThrowIfNull(units);
        ArgumentNullException.ThrowIfNull(holders);
        var verdicts = new CommitVerdict[units.Count];
        Array.Fill(verdicts, CommitVerdict.Committed.Instance);
        var left = _keyed.Where(job => holders.TryGetValue(job.Id, out var holder) && holder != job.Id).ToDictionary(job => job.Id, job => holders[job.Id]);
        if (left.Count == 0) return verdicts;
        for (var i = 0; i < verdicts.Length; i++)
        {
            var own = units[i].Changes.Select(change => change.Transition.Job.Id).Where(left.ContainsKey).ToDictionary(id => id, id => left[id]);
            if (own.Count > 0) verdicts[i] = new CommitVerdict.CommittedExcept(own);
        }

        return verdicts;
    }

    private static IReadOnlyList<CommitUnit> Slice(IReadOnlyList<CommitUnit> units, int start, int end) =>
        start == 0 && end == units.Count ? units : [.. units.Skip(start).Take(end - start)];

    private void Add(JobChange change)
    {
        var (before, after) = (change.Transition.Before, change.Transition.After);
        var job = change.Transition.Job;
        if (!_epochs.TryAdd(job.Partition, change.Epoch) && _epochs[job.Partition] != change.Epoch) ClaimedTwice ??= job.Partition;
        IsIntake &= before is null;
        if (before is null)
        {
            MustLookForIds |= !change.IsFresh;
            if (job.UniqueKey is not null) _keyed.Add(job);
        }

        _changes[job.Id] = _changes.TryGetValue(job.Id, out var earlier)
            ? change with { Transition = new JobTransition(earlier.Transition.Before, after) }
            : change;
    }
}
