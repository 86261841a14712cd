namespace Jobs.Core;

/// <content>One at a time and in order for each group key (rule I8).</content>
public sealed partial class QueuePartition
{
    private readonly HashSet<JobGroup> _groupsToLoad = [];

    private bool HasMoreInStore => _due.Bound is not null || _due.Loading || _lanes.Values.Any(lane => lane.Bound is not null || lane.Loading);

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

        PlaceIn(Lane(entry.Job.Terms.Task), entry, OrderKey.Ready(entry.Job, _strategy));
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
            PlaceIn(Lane(next.Job.Terms.Task), next, OrderKey.Ready(next.Job, _strategy));
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

    /// <summary>Looks for the others of a group whose first job, known to the store only, has changed: they were behind it until now.</summary>
    private void SeekHeirs(JobRecord job)
    {
        if (job.Terms.GroupKey is not { } key || _groups.ContainsKey(key)) return;
        var group = new JobGroup(key) { Bound = OrderKey.First };
        _groups.Add(key, group);
        _groupsToLoad.Add(group);
    }

    private void Drop(JobGroup group)
    {
        _groups.Remove(group.Key);
        _groupsToLoad.Remove(group);
        _notes.Dropped(group.Key);
    }
}
