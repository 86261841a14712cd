namespace Jobs.Core;

/// <content>One at a time and in order for each group key (rule I8).</content>
public sealed partial class QueuePartition
{
    private readonly HashSet<JobGroup> _groupsToLoad = [];

    /// <summary>Pages of lanes that were taken in, and the last sequence number that was taken before the latest of them.</summary>
    private long _lanePages;
    private long _lanePageSequence;

    private bool HasMoreInStore => _due.Bound is not null || _due.Loading || _lanes.Values.Any(lane => lane.Bound is not null || lane.Loading)
        || _lines.Values.Any(line => line.Window.Bound is not null || line.Window.Loading);

    private void PlaceReady(JobEntry entry)
    {
        if (entry.Job.Terms.GroupKey is { } key)
        {
            // The group may have been forgotten and found again while the entry was staged, so it is looked up anew.
            var group = GroupOf(key);
            entry.Group = group;
            if (group.Active is null && group.Bound is null && group.Waiting.Count == 0) group.Active = entry;
            if (!ReferenceEquals(group.Active, entry))
            {
                WaitInGroup(group, entry);
                if (group.Active is null) NextOfGroup(group);
                return;
            }
        }

        PlaceInLane(entry);
    }

    private JobGroup GroupOf(string key)
    {
        if (_groups.TryGetValue(key, out var group)) return group;
        group = new JobGroup(key);

        // Older members may be in the store only; they come first, so they are looked for before anyone gets the turn.
        if (HasMoreInStore) group.Bound = OrderKey.First;
        _groups.Add(key, group);
        return group;
    }

    private static void TakeTurn(JobGroup group, JobEntry entry)
    {
        entry.Group = group;
        group.Active = entry;
        group.Bound ??= OrderKey.First;
    }

    private void WaitInGroup(JobGroup group, JobEntry entry)
    {
        var key = OrderKey.Group(entry.Job);
        if (group.Loading ? IsRefused(group, key) : group.Bound is { } bound && key >= bound)
        {
            _entries.Remove(entry.Job.Id);
            return;
        }

        group.Waiting.Push(entry, key);
        TrimGroup(group);
    }

    /// <summary>While a page is read it is not known where the group will be complete, but there is no room for all that comes meanwhile.</summary>
    private bool IsRefused(JobGroup group, OrderKey key)
    {
        // The page itself, half a window, always finds room, or a busy group would be read again and again.
        var room = _takingPage ? 2 * _limits.WindowGroupJobs : _limits.WindowGroupJobs;
        if (group.Waiting.Count < room && !(group.Refused is { } refused && key >= refused)) return false;
        group.Refused = group.Refused is { } least && least <= key ? least : key;
        return true;
    }

    private void TrimGroup(JobGroup group)
    {
        if (group.Loading || group.Waiting.Count <= _limits.WindowGroupJobs) return;
        foreach (var overflow in group.Waiting.TrimTo(Math.Max(1, _limits.WindowGroupJobs / 2)))
        {
            if (group.Bound is not { } least || overflow.Key < least) group.Bound = overflow.Key;
            _entries.Remove(overflow.Job.Id);
        }
    }

    private void LeaveGroup(JobEntry entry)
    {
        if (entry.Group is not { } group) return;
        entry.Group = null;
        if (!ReferenceEquals(group.Active, entry)) return;
        group.Active = null;
        NextOfGroup(group);
    }

    /// <summary>Gives the turn to the next one, seeks it in the store, or ends the group.</summary>
    private void NextOfGroup(JobGroup group)
    {
        if (group.Loading) return;
        if (group.Waiting.Peek() is { } next && !(group.Bound is { } bound && next.Key >= bound))
        {
            _groupsToLoad.Remove(group);
            group.Active = group.Waiting.Pop();
            PlaceInLane(next);
        }
        else if (group.Bound is not null)
        {
            _groupsToLoad.Add(group);
        }
        else
        {
            Drop(group);
        }
    }

    /// <summary>
    /// Looks in the store for the others of a group that is not in the window. A lane's page shows of a group only the job that comes first; if
    /// this was one that the store had and the window did not reckon with (being changed, or committed and not told of yet), then the others
    /// are on no page that is to come.
    /// </summary>
    private void SeekHeirs(JobRecord job)
    {
        if (job.Terms.GroupKey is not { } key || _groups.ContainsKey(key)) return;
        var group = new JobGroup(key) { Bound = OrderKey.First };
        _groups.Add(key, group);
        _groupsToLoad.Add(group);
    }

    /// <summary>
    /// The one that has the turn goes to the store, and so do those behind it. A page of its lane shows it again, if it comes first of its group
    /// in the store; if somebody came before it who has become due since, that one is sought, because no page that is to come need show him.
    /// </summary>
    private void ForgetGroup(JobGroup group, JobEntry active)
    {
        var key = OrderKey.Group(active.Job);
        var isFirst = !(group.Waiting.Peek()?.Key < key) && !(group.Bound <= key);
        foreach (var waiting in group.Waiting.TrimTo(0)) _entries.Remove(waiting.Job.Id);
        if (isFirst)
        {
            Drop(group);
            return;
        }

        group.Active = null;
        group.Bound = OrderKey.First;
        _groupsToLoad.Add(group);
    }

    private void Drop(JobGroup group)
    {
        _groups.Remove(group.Key);
        _groupsToLoad.Remove(group);
        _notes.Dropped(group.Key);
    }
}
