namespace Jobs.Core;

/// <content>Hands jobs to workers, and takes them back from lost ones.</content>
public sealed partial class QueuePartition
{
    private readonly List<JobEntry> _unwrittenStarts = [];

    /// <summary>True if a job could be handed out, were there a worker for it.</summary>
    public bool HasReady => _lanes.Values.Any(lane => lane.First() is not null);

    /// <summary>True if jobs were handed out and the store may not know it.</summary>
    public bool HasUnwrittenStarts => _unwrittenStarts.Count > 0;

    /// <summary>Makes ready what is due by now.</summary>
    public void Advance(DateTimeOffset now)
    {
        while (_pinnedDue.Peek() is { } pinned && pinned.Job.RunAt <= now) Place(_pinnedDue.Pop(), now);
        while (_due.First() is { } due && due.Job.RunAt <= now) Place(_due.Heap.Pop(), now);
    }

    /// <summary>Hands out jobs in order, as many as the worker takes.</summary>
    /// <returns>True if jobs are left that this worker supports and had no slot for.</returns>
    public bool Dispatch(IJobSink sink, DateTimeOffset now, List<Assignment> assignments)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(assignments);
        HashSet<JobWindow>? full = null;
        while (FirstFor(sink, full) is { } lane)
        {
            if (sink.ReserveSlots(1) == 0) return true;
            var entry = lane.First()!;
            if (!sink.TryReserveTask(entry.Job.Terms.Task))
            {
                sink.ReleaseSlots(1);
                (full ??= []).Add(lane);
                continue;
            }

            lane.Heap.Pop();
            assignments.Add(HandOut(entry, sink.Worker, now));
        }

        return full is not null;
    }

    /// <summary>
    /// Stages the return, or the end, of everything that a lost worker held (rules I5 and I7). A job with a change under way is left out:
    /// ask again when that one is settled.
    /// </summary>
    public IReadOnlyList<StagedChange> PlanWorkerLost(string worker, DateTimeOffset now)
    {
        var changes = new List<StagedChange>();
        foreach (var entry in _entries.Values.Where(e => (e.Abandoned ?? e.Job).Worker == worker).ToList())
        {
            if (entry.Abandoned is { } abandoned) HandlerEnded(abandoned.Id, abandoned.Deliveries, now);
            else if (entry.Job.State is not JobState.Running || entry.Staged is not null) continue;
            else if (Plan(entry.Job.Id, new JobEvent.WorkerLost(), now) is { Verdict: PlanVerdict.Staged, Change: { } change }) changes.Add(change);
        }

        return changes;
    }

    /// <summary>The handed-out jobs whose start the store does not know yet and that are still running.</summary>
    public IReadOnlyList<JobTransition> TakeUnwrittenStarts()
    {
        if (_unwrittenStarts.Count == 0) return [];
        List<JobTransition>? starts = null;
        foreach (var entry in _unwrittenStarts)
        {
            if (!entry.StartUnwritten || entry.Staged is not null || entry.Job.State is not JobState.Running) continue;
            entry.StartUnwritten = false;
            (starts ??= []).Add(new JobTransition(entry.Job, entry.Job));
        }

        _unwrittenStarts.Clear();
        return starts ?? (IReadOnlyList<JobTransition>)[];
    }

    /// <summary>The lane whose turn it is; null if there is none, or if one has to be read from the store first, because its jobs may come first.</summary>
    private JobWindow? FirstFor(IJobSink sink, HashSet<JobWindow>? full)
    {
        JobWindow? best = null;
        OrderKey? bestKey = null;
        foreach (var (task, lane) in _lanes)
        {
            var first = lane.First();
            if ((first?.Key ?? lane.Bound) is not { } key || key >= bestKey) continue;
            if (full?.Contains(lane) == true || !sink.Supports(task)) continue;
            best = first is null ? null : lane;
            bestKey = key;
        }

        return best;
    }

    private Assignment HandOut(JobEntry entry, string worker, DateTimeOffset now)
    {
        var started = _machine.Apply(entry.Job, new JobEvent.Started(worker), now);
        Invariant.Holds(started is not null, "a job in a lane is pending");
        entry.Job = started!.After!;
        entry.StartUnwritten = true;
        _unwrittenStarts.Add(entry);
        return new Assignment(entry.Job);
    }
}
