namespace Jobs.Core;

/// <summary>Units that can be written set by set; see <see cref="CommitContent.InRuns"/>.</summary>
internal sealed class CommitRun
{
    private readonly HashSet<JobId> _jobs = [];
    private readonly HashSet<(QueueName Queue, string Key)> _wanted = [];
    private readonly HashSet<(QueueName Queue, string Key)> _wantedByNew = [];
    private bool _isEmpty = true;

    /// <summary>Takes a unit in unless it must begin a run of its own; the first one never must.</summary>
    internal bool TryAdd(CommitUnit unit)
    {
        if (!_isEmpty)
        {
            for (var i = 0; i < unit.Changes.Count; i++)
            {
                if (MustWait(unit.Changes[i].Transition)) return false;
            }
        }

        _isEmpty = false;
        for (var i = 0; i < unit.Changes.Count; i++) Add(unit.Changes[i].Transition);
        return true;
    }

    internal void Clear()
    {
        _jobs.Clear();
        _wanted.Clear();
        _wantedByNew.Clear();
        _isEmpty = true;
    }

    private bool MustWait(JobTransition change)
    {
        if (_jobs.Contains(change.Job.Id)) return true;
        if (_wanted.Count == 0 || change.Before is not { } before) return false;
        var isUnfinished = change.After is { } after && !after.State.IsFinal();

        // What comes back may be another job than the one that ended, with another key.
        if (before.State.IsFinal()) return isUnfinished && change.After is { UniqueKey: { } wanted } && _wantedByNew.Contains((before.Terms.Queue, wanted));
        return !isUnfinished && before.UniqueKey is { } freed && _wanted.Contains((before.Terms.Queue, freed));
    }

    private void Add(JobTransition change)
    {
        _jobs.Add(change.Job.Id);
        if (change.After is not { UniqueKey: { } key } after || after.State.IsFinal()) return;
        if (change.Before is not null && !change.Before.State.IsFinal()) return;
        _wanted.Add((after.Terms.Queue, key));
        if (change.Before is null) _wantedByNew.Add((after.Terms.Queue, key));
    }
}
