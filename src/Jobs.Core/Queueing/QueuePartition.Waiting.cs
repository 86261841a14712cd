namespace Jobs.Core;

/// <content>What waits in it for workers.</content>
public sealed partial class QueuePartition
{
    /// <summary>The due jobs of tasks that somebody asks for, by task; of what is not in the window it is said only that there may be more.</summary>
    internal IReadOnlyList<UnhandledTask> WaitingOf(Func<string, bool> isWanted)
    {
        var found = new List<UnhandledTask>();
        foreach (var task in _lanes.Keys.Where(isWanted))
        {
            var waiting = 0;
            var isAtLeast = false;
            var since = DateTimeOffset.MaxValue;
            foreach (var window in WindowsOf(task))
            {
                isAtLeast |= window.Bound is not null;
                foreach (var entry in window.Heap.All())
                {
                    waiting++;
                    isAtLeast |= entry.Group is { } group && (group.Waiting.Count > 0 || group.Bound is not null || group.Loading);
                    if (entry.Job.RunAt < since) since = entry.Job.RunAt;
                }
            }

            if (waiting == 0) continue;
            found.Add(new UnhandledTask { Queue = Key.Queue, Task = task, WaitingJobs = waiting, IsAtLeast = isAtLeast, WaitingSince = since });
        }

        return found;
    }

    /// <summary>Whether a page is on its way that may bring the first due jobs of such a task; of what task that of a group is, only the page says.</summary>
    internal bool IsReadingAny(Func<string, bool> isWanted) =>
        _lanes.Any(lane => lane.Value.Bound is not null && lane.Value.First() is null && isWanted(lane.Key))
        || _groups.Values.Any(group => group.Loading && group.Active is null);

    /// <summary>The task's lane, and the lines of its limit keys. Whoever has a line has a lane.</summary>
    private IEnumerable<JobWindow> WindowsOf(string task) =>
        _lines.Values.Where(line => line.Task == task).Select(line => line.Window).Prepend(_lanes[task]);
}
