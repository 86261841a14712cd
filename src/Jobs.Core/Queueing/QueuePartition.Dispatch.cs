namespace Jobs.Core;

/// <content>Hands jobs to workers, and takes them back from lost ones.</content>
public sealed partial class QueuePartition
{
    private List<JobEntry> _unwrittenStarts = [];
    private List<JobEntry> _longUnwrittenStarts = [];

    /// <summary>True if a job could be handed out, were there a worker for it.</summary>
    public bool HasReady => _lanes.Values.Any(lane => lane.First() is not null) || _lines.Values.Any(line => line.Window.First() is not null);

    /// <summary>True if jobs were handed out and the store may not know it.</summary>
    public bool HasUnwrittenStarts => _unwrittenStarts.Count > 0 || _longUnwrittenStarts.Count > 0;

    /// <summary>True if there may be jobs whose start must be written before they run.</summary>
    public bool HasRecovered => RecoveredSequence > 0 || _doubtedSequence > 0;

    /// <summary>True if the start of this job must be written before it runs.</summary>
    public bool IsRecovered(JobRecord job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.Sequence <= RecoveredSequence || job.Sequence <= _doubtedSequence;
    }

    /// <summary>True if a job that was handed out is still to run: it has not been ended, or taken back, since.</summary>
    public bool IsWanted(JobRecord started)
    {
        ArgumentNullException.ThrowIfNull(started);
        return _entries.TryGetValue(started.Id, out var entry) && entry.Abandoned is null
            && entry.Job.State is JobState.Running && entry.Job.Deliveries == started.Deliveries;
    }

    /// <summary>True if a job runs under this delivery.</summary>
    internal bool IsWanted(JobDelivery delivery) =>
        _entries.TryGetValue(delivery.Job, out var entry) && entry.Abandoned is null
        && entry.Job.State is JobState.Running && entry.Job.Deliveries == delivery.Number;

    /// <summary>True if a handler may still run under this delivery by this name: for a job that runs, or that ended before its handler did.</summary>
    internal bool IsWith(JobDelivery delivery, string worker) =>
        _entries.TryGetValue(delivery.Job, out var entry) && (entry.Abandoned ?? entry.Job) is var job
        && job.State is JobState.Running && job.Deliveries == delivery.Number && job.Worker == worker;

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
        LookAtLimits();
        HashSet<string>? full = null;
        while (FirstFor(sink, full) is { } window)
        {
            var entry = window.First()!;
            if (!sink.HasTaskRoom(entry.Job.Terms.Task))
            {
                (full ??= []).Add(entry.Job.Terms.Task);
                continue;
            }

            // The limits before the slots, because whoever misses what is taken of them for a moment is told when it is given back.
            if (!TakeRoom(window, entry)) continue;
            if (sink.ReserveSlots(1) == 0)
            {
                Limits?.GiveBack(entry.Job.Id);
                return true;
            }

            if (!sink.TryReserveTask(entry.Job.Terms.Task))
            {
                sink.ReleaseSlots(1);
                Limits?.GiveBack(entry.Job.Id);
                (full ??= []).Add(entry.Job.Terms.Task);
                continue;
            }

            window.Heap.Pop();
            LeftWindow(entry);
            assignments.Add(HandOut(entry, sink, now));
        }

        return full is not null;
    }

    /// <summary>
    /// Stages the return, or the end, of everything that a lost worker held (rules I5 and I7). A job with a change under way is left out:
    /// ask again when that one is settled. A leased job stays with its lease.
    /// </summary>
    public IReadOnlyList<StagedChange> PlanWorkerLost(string worker, DateTimeOffset now)
    {
        var changes = new List<StagedChange>();
        foreach (var entry in _entries.Values.Where(e => (e.Abandoned ?? e.Job).Worker == worker).ToList())
        {
            if (entry.Abandoned is { } abandoned) HandlerEnded(abandoned.Id, abandoned.Deliveries, now);
            else if (entry.Job.State is not JobState.Running || entry.Job.LeasedUntil is not null || entry.Staged is not null) continue;
            else if (Plan(entry.Job.Id, new JobEvent.WorkerLost(), now) is { Verdict: PlanVerdict.Staged, Change: { } change }) changes.Add(change);
        }

        return changes;
    }

    /// <summary>Stages the return, or the end, of one job whose worker is lost; nothing if a change of it is under way.</summary>
    public IReadOnlyList<StagedChange> PlanLost(JobId id, DateTimeOffset now) =>
        Plan(id, new JobEvent.WorkerLost(), now) is { Verdict: PlanVerdict.Staged, Change: { } change } ? [change] : [];

    /// <summary>The handed-out jobs whose start the store does not know yet and that are still running.</summary>
    public IReadOnlyList<JobTransition> TakeUnwrittenStarts()
    {
        var starts = TakeLongUnwrittenStarts();
        var others = TakeLongUnwrittenStarts();
        return others.Count == 0 ? starts : [.. starts, .. others];
    }

    /// <summary>Those of them that had not ended at the last call of this already.</summary>
    public IReadOnlyList<JobTransition> TakeLongUnwrittenStarts()
    {
        List<JobTransition>? starts = null;
        foreach (var entry in _longUnwrittenStarts)
        {
            if (!entry.StartUnwritten || entry.Staged is not null || entry.Job.State is not JobState.Running) continue;
            entry.StartUnwritten = false;
            (starts ??= []).Add(new JobTransition(entry.Job, entry.Job));
        }

        _longUnwrittenStarts.Clear();
        (_longUnwrittenStarts, _unwrittenStarts) = (_unwrittenStarts, _longUnwrittenStarts);
        return starts ?? (IReadOnlyList<JobTransition>)[];
    }

    /// <summary>
    /// The lane or line whose turn it is; null if there is none, or if one has to be read from the store first, because its jobs may come first.
    /// </summary>
    private JobWindow? FirstFor(IJobSink sink, HashSet<string>? full)
    {
        JobWindow? best = null;
        OrderKey? bestKey = null;
        foreach (var (task, lane) in _lanes)
        {
            var first = lane.First();
            if ((first?.Key ?? lane.Bound) is not { } key || key >= bestKey) continue;
            if (!IsOpenFor(sink, task, full)) continue;
            best = first is null ? null : lane;
            bestKey = key;
        }

        if (_openLines.Count > 0) FirstOfLines(sink, full, ref best, ref bestKey);
        return best;
    }

    private Assignment HandOut(JobEntry entry, IJobSink sink, DateTimeOffset now)
    {
        var happened = new JobEvent.Started(sink.Worker, sink.CodeVersion);
        if (sink.LeaseLength is { } length) happened = happened with { LeasedUntil = Times.Add(now, length) };
        if (sink.Heartbeat is { } heartbeat) happened = happened with { Heartbeat = heartbeat };
        var started = _machine.Apply(entry.Job, happened, now);
        Invariant.Holds(started is not null, "a job in a lane is pending");
        entry.Job = started!.After!;
        WatchLease(entry);
        if (IsRecovered(entry.Job) || entry.Job.LeasedUntil is not null || entry.Job.Heartbeat is not null) return new Assignment(entry.Job);
        entry.StartUnwritten = true;
        _unwrittenStarts.Add(entry);
        return new Assignment(entry.Job);
    }
}
