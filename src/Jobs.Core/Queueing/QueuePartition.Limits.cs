namespace Jobs.Core;

/// <content>
/// Limits on what runs. A task that a limit has no room for is passed over as a whole. Where a limit counts each key on its own, the first
/// job that has no room moves from the lane of its task into a line of its task and key, and so do the others of that key that come after
/// it, so the lane goes on to jobs of other keys. Each job moves once, a line keeps few jobs in memory and pages in the others, and nobody
/// looks at a line that waits: it is told when there is room. The first jobs of lanes and open lines are compared as those of lanes are,
/// so the order stays that of the queue.
/// </content>
public sealed partial class QueuePartition
{
    private readonly Dictionary<(string Task, string Key), LimitLine> _lines = [];
    private readonly HashSet<LimitLine> _openLines = [];
    private readonly HashSet<LimitLine> _linesToLoad = [];
    private readonly Dictionary<LimitBucket, List<LimitLine>> _shutLines = [];
    private readonly Dictionary<string, LimitBucket> _shutTasks = new(StringComparer.Ordinal);
    private readonly List<LimitBucket> _told = [];
    private LimitView _limitsSeen = LimitView.None;

    /// <summary>What the partition's running jobs take up of limits; null if there are none to go by.</summary>
    internal LimitAccount? Limits { get; init; }

    /// <summary>Jobs that wait in memory because limits have no room for them.</summary>
    internal int LimitedJobs => _lines.Values.Sum(line => line.Window.Heap.Count);

    /// <summary>There may be room in a limit again for what waits for it.</summary>
    internal void HasRoom(LimitBucket bucket)
    {
        _told.Add(bucket);
        foreach (var (task, _) in _shutTasks.Where(shut => ReferenceEquals(shut.Value, bucket)).ToList()) _shutTasks.Remove(task);
        if (!_shutLines.Remove(bucket, out var lines)) return;
        foreach (var line in lines) Open(line);
    }

    /// <summary>True if room is kept for this partition until <see cref="SettleLimits"/>.</summary>
    internal bool IsToldOfRoom => _told.Count > 0;

    /// <summary>Called when nothing more is to be handed out for now: what was kept for this partition and is not used goes on to others.</summary>
    internal void SettleLimits()
    {
        Limits!.Settle(_told);
        _told.Clear();
    }

    /// <summary>Counts what runs, and tries everything anew, if the limits are others than at the last look.</summary>
    private void LookAtLimits()
    {
        if (Limits is null || ReferenceEquals(Limits.View, _limitsSeen)) return;
        _limitsSeen = Limits.View;
        CountRunning();
        _shutTasks.Clear();
        _shutLines.Clear();
        foreach (var line in _lines.Values.ToList()) Open(line);
    }

    private void CountRunning() => Limits!.Recount(_entries.Values.Where(IsWithHandler).Select(entry => entry.Abandoned ?? entry.Job));

    /// <summary>A job whose end is on its way to the store has given back its room already.</summary>
    private static bool IsWithHandler(JobEntry entry)
    {
        if (entry.Abandoned is not null) return true;
        var hasEnded = entry.Staged is { HandlerGoesOn: false, Transition.After: var after } && after?.State is not JobState.Running;
        return entry.Job.State is JobState.Running && !hasEnded;
    }

    private void LeaveLimits(StagedChange change)
    {
        if (change.Transition.Before?.State is not JobState.Running) LeftWindow(change.Entry);
        else if (!change.HandlerGoesOn && change.Transition.After?.State is not JobState.Running) Limits!.Release(change.Transition.Job.Id);
    }

    /// <summary>Takes room for the first job of a lane or a line; if there is none, has what waits wait.</summary>
    private bool TakeRoom(JobWindow window, JobEntry entry)
    {
        if (Limits is null) return true;
        if (_lines.Count > 0 && entry.Job.Terms.LimitKey is { } key && _lines.TryGetValue((entry.Job.Terms.Task, key), out var line)
            && !ReferenceEquals(line.Window, window))
        {
            // Others of its key wait already; it is compared with them there.
            window.Heap.Remove(entry);
            PlaceInLine(line, entry);
            return false;
        }

        if (Limits.TryTake(entry.Job) is not { } bucket) return true;
        if (bucket.IsKeyed && LineFor(entry.Job) is { } own) Shut(own, window, entry, bucket);
        else _shutTasks[entry.Job.Terms.Task] = bucket;
        return false;
    }

    private void Shut(LimitLine line, JobWindow window, JobEntry entry, LimitBucket bucket)
    {
        _openLines.Remove(line);
        line.WaitsFor = bucket;
        if (!_shutLines.TryGetValue(bucket, out var lines)) _shutLines.Add(bucket, lines = []);
        lines.Add(line);
        if (ReferenceEquals(line.Window, window)) return;
        window.Heap.Remove(entry);
        PlaceInLine(line, entry);
    }

    /// <summary>The line of a job's key; null if there are so many that the job's task has to wait as a whole.</summary>
    private LimitLine? LineFor(JobRecord job)
    {
        var of = (job.Terms.Task, job.Terms.LimitKey!);
        if (_lines.TryGetValue(of, out var line)) return line;
        if (_lines.Count >= _limits.WindowLimitKeys) return null;
        line = new LimitLine(of.Task, of.Item2, new JobWindow(_limits.WindowLimitedJobs, _limits.WindowPayloadBytes));
        _lines.Add(of, line);
        return line;
    }

    private void PlaceInLine(LimitLine line, JobEntry entry)
    {
        PlaceIn(line.Window, entry, OrderKey.Ready(entry.Job, _strategy));
        WatchLine(line);
    }

    /// <summary>Has the line's first job tried, if it has one.</summary>
    private void Open(LimitLine line)
    {
        line.WaitsFor = null;
        _openLines.Add(line);
        WatchLine(line);
    }

    /// <summary>Has the line read what it lacks, or ends it.</summary>
    private void WatchLine(LimitLine line)
    {
        if (line.Window.WantsPage) _linesToLoad.Add(line);
        if (!line.IsOver || line.WaitsFor is not null) return;
        _openLines.Remove(line);
        _linesToLoad.Remove(line);
        _lines.Remove((line.Task, line.Key));
    }

    /// <summary>Looks for a job among the lines that comes before the best one of the lanes.</summary>
    private void FirstOfLines(IJobSink sink, HashSet<string>? full, ref JobWindow? best, ref OrderKey? bestKey)
    {
        foreach (var line in _openLines)
        {
            var first = line.Window.First();
            if ((first?.Key ?? line.Window.Bound) is not { } key || key >= bestKey || !IsOpenFor(sink, line.Task, full)) continue;
            best = first is null ? null : line.Window;
            bestKey = key;
        }
    }

    /// <summary>Whether jobs of a task may be handed out to this worker now, as far as that is the same for all of them.</summary>
    private bool IsOpenFor(IJobSink sink, string task, HashSet<string>? full) =>
        full?.Contains(task) != true && !_shutTasks.ContainsKey(task) && sink.Supports(task) && IsPaused?.Invoke(task) != true;

    private void LeftWindow(JobEntry entry)
    {
        if (_lines.Count > 0 && entry.Job.Terms.LimitKey is { } key && _lines.TryGetValue((entry.Job.Terms.Task, key), out var line)) WatchLine(line);
    }

    private PageRequest? NextPageOfLines(DateTimeOffset now)
    {
        foreach (var line in _linesToLoad)
        {
            _linesToLoad.Remove(line);
            if (line.Window.WantsPage) return Begin(PageKind.Limited, line.Task, line.Window, now) with { LimitKey = line.Key };
        }

        return null;
    }

    private void EndLineLoading(PageRequest request, OrderKey? last, bool failed)
    {
        var line = _lines[(request.Name, request.LimitKey!)];
        if (failed) line.Window.AbortLoading();
        else line.Window.EndLoading(last);
        Trim(line.Window);
        WatchLine(line);
    }
}
