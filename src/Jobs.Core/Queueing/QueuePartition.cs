namespace Jobs.Core;

/// <summary>
/// The jobs of one partition in memory, as far as its window reaches, and the rules by which they are handed out. Pure and synchronous:
/// it does no I/O, has no clock, and is used by one thread at a time (only <see cref="TakeSequence"/> may be called by any).
/// </summary>
/// <remarks>
/// A change goes in two steps. <see cref="Plan"/> decides it and stages it: from then on the job is not handed out and nothing else is
/// planned for it. When the store has committed it, <see cref="Confirm"/> makes it visible; when it has not, <see cref="Abort"/> puts the
/// job back (rule I2). A job is in exactly one place: waiting for its time, ready in the lane of its task, behind another one of its group,
/// handed out, or not in the window at all, in which case the store has it and a page brings it back.
/// </remarks>
public sealed partial class QueuePartition
{
    private readonly Dictionary<JobId, JobEntry> _entries = [];
    private readonly Dictionary<string, JobWindow> _lanes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobGroup> _groups = new(StringComparer.Ordinal);
    private readonly JobWindow _due;
    private readonly EntryHeap _pinnedDue = new();
    private readonly JobStateMachine _machine;
    private readonly PartitionLimits _limits;
    private readonly PollStrategy _strategy;
    private long _sequence;

    /// <summary>Jobs up to this one may belong to another owner by now, as far as this one knows; zero if it knows better.</summary>
    private long _doubtedSequence;

    /// <summary>Makes an empty partition.</summary>
    public QueuePartition(PartitionKey key, PollStrategy strategy, PartitionLimits limits, JobStateMachine machine)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(machine);
        Key = key;
        _strategy = strategy;
        _limits = limits;
        _machine = machine;
        _due = new JobWindow(limits.WindowDueJobs, limits.WindowPayloadBytes);
    }

    /// <summary>Which partition this is.</summary>
    public PartitionKey Key { get; }

    /// <summary>In which order due jobs are handed out.</summary>
    public PollStrategy Strategy => _strategy;

    /// <summary>Tells whether jobs of a task must not be handed out now; quick, and safe on the partition's turn. Default none.</summary>
    public Func<string, bool>? IsPaused { get; init; }

    /// <summary>How many jobs are in memory.</summary>
    public int WindowJobs => _entries.Count;

    /// <summary>When the next waiting job is due; null if none is in the window.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            var due = _due.First()?.Job.RunAt;
            var pinned = _pinnedDue.Peek()?.Job.RunAt;
            return due is null || pinned < due ? pinned : due;
        }
    }

    /// <summary>Reserves sequence numbers and returns the first; safe for many threads.</summary>
    public long TakeSequence(int count) => Interlocked.Add(ref _sequence, count) - count + 1;

    /// <summary>
    /// The last job that may have been running, unknown to the store, when an owner before was lost; zero if there is none. Starts of jobs
    /// up to this one are written before they run (rule I7).
    /// </summary>
    public long RecoveredSequence { get; private set; }

    /// <summary>How often it was doubted whether the partition is still this owner's.</summary>
    public int Doubts { get; private set; }

    /// <summary>Begins to have the starts of all jobs that are there now written before they run.</summary>
    public void Doubt()
    {
        Doubts++;
        _doubtedSequence = Interlocked.Read(ref _sequence);
    }

    /// <summary>Ends a doubt: a start that was written during it took place, so nobody else has the partition.</summary>
    /// <param name="doubt">Which; one that came later remains.</param>
    public void Trust(int doubt)
    {
        if (doubt == Doubts) _doubtedSequence = 0;
    }

    /// <summary>
    /// Starts from what the store has: sequence numbers go on behind the last, everything is paged in when it is wanted, and
    /// <paramref name="started"/> jobs (handed out by an owner before, or between attempts in a group) are in the window from the start.
    /// </summary>
    /// <param name="lastSequence">The highest sequence number that was ever used.</param>
    /// <param name="tasks">The tasks of unfinished jobs.</param>
    /// <param name="started">What the store knows to be started.</param>
    /// <param name="now">The time.</param>
    /// <param name="recoveredSequence">Starts of jobs up to this one must be written before they run; default none.</param>
    /// <param name="held">What this owner's workers are running now (rule I6), whether or not the store knows of it; default nothing.</param>
    public void Open(
        long lastSequence, IEnumerable<string> tasks, IEnumerable<JobRecord> started, DateTimeOffset now,
        long recoveredSequence = 0, IReadOnlyList<JobRecord>? held = null)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(started);
        _sequence = lastSequence;
        RecoveredSequence = recoveredSequence;
        foreach (var task in tasks) Lane(task).MarkPartial(OrderKey.First);

        // The lanes' pages bring in what is due by now, so the other order begins behind it.
        _due.MarkPartial(OrderKey.First with { Major = now.UtcTicks + 1 });
        foreach (var job in held ?? [])
        {
            var entry = TakeIn(job);
            entry.StartUnwritten = true;
            _unwrittenStarts.Add(entry);
        }

        foreach (var job in started.Where(job => !_entries.ContainsKey(job.Id)))
        {
            var entry = TakeIn(job);
            if (job.State is JobState.Running) WatchLease(entry);
            else Place(entry, now);
        }
    }

    private JobEntry TakeIn(JobRecord started)
    {
        var entry = new JobEntry(started);
        _entries.Add(started.Id, entry);
        if (started.Terms.GroupKey is { } group) TakeTurn(GroupOf(group), entry);
        return entry;
    }

    /// <summary>The job as it is in the window; null if it is not there.</summary>
    public JobRecord? Find(JobId id) => _entries.TryGetValue(id, out var entry) && entry.Abandoned is null ? entry.Job : null;

    /// <summary>Takes in a job that the store has committed: a new one, or one that came back from its end.</summary>
    public void Inserted(JobRecord job, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (_entries.TryGetValue(job.Id, out var present))
        {
            // Its old handler, or that of the job that had its id before, still runs; it waits until that one has ended.
            if (present.Abandoned is not null) present.Job = job;
            else if (present.Staged is { IsFromStore: true } staged) staged.Paged = job;
            return;
        }

        var entry = new JobEntry(job);
        _entries.Add(job.Id, entry);
        _notes.Changed(job.Id);
        if (job.Sequence <= _lanePageSequence && job.RunAt <= now) SeekHeirs(job);
        Place(entry, now);
    }

    /// <summary>Decides and stages a change of a job.</summary>
    /// <param name="id">The job.</param>
    /// <param name="happened">What happened, or is asked.</param>
    /// <param name="now">The time.</param>
    /// <param name="delivery">For an outcome: the delivery it belongs to.</param>
    public PlanResult Plan(JobId id, JobEvent happened, DateTimeOffset now, int? delivery = null)
    {
        if (!_entries.TryGetValue(id, out var entry)) return new(delivery is null ? PlanVerdict.NotHere : PlanVerdict.Stale);
        if (entry.Staged is { } other) return new(PlanVerdict.Busy, other);
        if (entry.Abandoned is not null) return new(delivery is null ? PlanVerdict.NotHere : PlanVerdict.Stale);
        if (delivery is { } number && (entry.Job.State is not JobState.Running || entry.Job.Deliveries != number)) return new(PlanVerdict.Stale);
        if (_machine.Apply(entry.Job, happened, now) is not { } transition) return new(PlanVerdict.Refused, null, entry.Job.State);

        var handlerGoesOn = entry.Job.State is JobState.Running && transition.Ends && happened is JobEvent.Asked;
        entry.Heap?.Remove(entry);
        entry.Staged = new StagedChange(entry, transition, happened, handlerGoesOn) { LanePages = _lanePages };
        if (Limits is not null) LeaveLimits(entry.Staged);
        return new(PlanVerdict.Staged, entry.Staged);
    }

    /// <summary>Says that a job is looked up in the store now; the number is given back with <see cref="EndFind"/>.</summary>
    public long BeginFind() => _notes.Begin();

    /// <summary>Says that the job was looked up, found or not.</summary>
    public void EndFind(long number) => _notes.End(number);

    /// <summary>Stages a change of a job that is not in the window but was found in the store.</summary>
    /// <param name="stored">The job as it was found.</param>
    /// <param name="found">What <see cref="BeginFind"/> returned before; to be ended after this.</param>
    /// <param name="happened">What happened, or is asked.</param>
    /// <param name="now">The time.</param>
    public PlanResult PlanStored(JobRecord stored, long found, JobEvent happened, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(stored);
        if (_entries.TryGetValue(stored.Id, out var present) && present.Abandoned is null) return Plan(stored.Id, happened, now);
        if (present?.Staged is { } other) return new(PlanVerdict.Busy, other);
        if (_notes.HasChanged(stored.Id, found)) return new(PlanVerdict.NotHere);
        var due = stored.State is JobState.Scheduled or JobState.Retrying ? _machine.Apply(stored, JobEvent.Due.Instance, now) : null;
        var job = due?.After ?? stored;
        if (_machine.Apply(job, happened, now) is not { } transition) return Refused(job, happened);
        var entry = present ?? new JobEntry(job);
        _entries[stored.Id] = entry;
        entry.Staged = new StagedChange(entry, transition, happened, handlerGoesOn: false)
        {
            IsFromStore = present is null,
            LanePages = _lanePages,
        };
        return new(PlanVerdict.Staged, entry.Staged);
    }

    private static PlanResult Refused(JobRecord job, JobEvent happened)
    {
        var lacksPayload = happened is JobEvent.Asked { Action: JobAction.RetryJob } && job.State is not JobState.Completed;
        return new(PlanVerdict.Refused, null, job.State, lacksPayload ? job.PayloadPrunedAt : null);
    }

    /// <summary>Applies a staged change that the store has committed.</summary>
    public void Confirm(StagedChange change, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(change);
        var entry = Settle(change);
        _notes.Changed(change.Transition.Job.Id);

        // What is deleted has ended, too, for whoever still holds the entry.
        var after = change.Transition.After ?? entry.Job with { State = JobState.Cancelled };
        entry.Job = after;
        if (change.HandlerGoesOn)
        {
            entry.Abandoned = change.Transition.Before;
            WatchLease(entry);
            return;
        }

        // A job that came back while its old handler still runs waits for that one's end.
        if (entry.Abandoned is not null) return;
        if (change is { IsFromStore: true, Transition.Before.State: JobState.Pending } || change.LanePages != _lanePages) SeekHeirs(after);
        if (after.State.IsFinal())
        {
            Remove(entry);
            return;
        }

        if (after.State is JobState.Running)
        {
            WatchLease(entry);
            return;
        }

        if (after.State is JobState.Scheduled || change.Happened is JobEvent.Snoozed) LeaveGroup(entry);
        Place(entry, now);
    }

    /// <summary>Takes back a staged change that the store has refused: the job is where it was.</summary>
    public void Abort(StagedChange change, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(change);
        var entry = Settle(change);
        if (entry.Abandoned is not null || entry.Job.State is JobState.Running)
        {
            WatchLease(entry);
            return;
        }

        if (change.IsFromStore)
        {
            // What was read from the store may have been out of date; only a page says what the job is now.
            _entries.Remove(entry.Job.Id);
            if (change.Paged is not { } paged) return;
            entry.Job = paged;
            _entries.Add(paged.Id, entry);
        }

        if (entry.Job.State.IsFinal())
        {
            Remove(entry);
            return;
        }

        if (change.Paged is not null || change.LanePages != _lanePages) SeekHeirs(entry.Job);
        Place(entry, now);
    }

    /// <summary>Takes note that the handler of a job which had ended before it has returned at last.</summary>
    /// <param name="id">The job.</param>
    /// <param name="delivery">The delivery that the handler was given; of any other the job is not rid yet.</param>
    /// <param name="now">The time.</param>
    public void HandlerEnded(JobId id, int delivery, DateTimeOffset now)
    {
        if (!_entries.TryGetValue(id, out var entry) || entry.Abandoned is not { } abandoned || abandoned.Deliveries != delivery) return;
        entry.Abandoned = null;
        Limits?.Release(id);
        if (entry.Staged is not null) return;
        if (entry.Job.State.IsFinal())
        {
            Remove(entry);
            return;
        }

        // A new job under the id has the place in its group that it came for, not the old one's turn.
        if (entry.Job.State is JobState.Scheduled || entry.Job.Sequence != abandoned.Sequence) LeaveGroup(entry);
        Place(entry, now);
    }

    /// <summary>The change of a job that is on its way to the store; null if none is.</summary>
    internal StagedChange? StagedOf(JobId id) => _entries.GetValueOrDefault(id)?.Staged;

    private static JobEntry Settle(StagedChange change)
    {
        Invariant.Holds(ReferenceEquals(change.Entry.Staged, change), "a staged change is settled once");
        change.Entry.Staged = null;
        return change.Entry;
    }

    /// <summary>Puts a waiting job where it belongs.</summary>
    private void Place(JobEntry entry, DateTimeOffset now)
    {
        if (_machine.Apply(entry.Job, JobEvent.Due.Instance, now) is { } due) entry.Job = due.After!;
        if (entry.Job.State is JobState.Pending) PlaceReady(entry);
        else if (IsPinned(entry)) _pinnedDue.Push(entry, OrderKey.Due(entry.Job));
        else PlaceIn(_due, entry, OrderKey.Due(entry.Job));
    }

    /// <summary>Puts a ready job into the lane of its task, or behind those of its limit key that wait.</summary>
    private void PlaceInLane(JobEntry entry)
    {
        if (_lines.Count > 0 && entry.Job.Terms.LimitKey is { } key && _lines.TryGetValue((entry.Job.Terms.Task, key), out var line))
            PlaceInLine(line, entry);
        else
            PlaceIn(Lane(entry.Job.Terms.Task), entry, OrderKey.Ready(entry.Job, _strategy));
    }

    private void PlaceIn(JobWindow window, JobEntry entry, OrderKey key)
    {
        if (!window.Admits(key) && !IsPinned(entry))
        {
            Forget(entry);
            return;
        }

        window.Heap.Push(entry, key);
        foreach (var overflow in window.TakeOverflow(IsPinned)) Forget(overflow);
    }

    /// <summary>A job that has started and holds its group's turn stays in memory, so that nobody of the group overtakes it.</summary>
    private static bool IsPinned(JobEntry entry) => entry.Job.Deliveries > 0 && ReferenceEquals(entry.Group?.Active, entry);

    /// <summary>Drops a job from the window that the store keeps.</summary>
    private void Forget(JobEntry entry)
    {
        _entries.Remove(entry.Job.Id);
        if (entry.Group is { } group && ReferenceEquals(group.Active, entry)) ForgetGroup(group, entry);
    }

    /// <summary>Drops a job from the window that has ended.</summary>
    private void Remove(JobEntry entry)
    {
        _notes.Changed(entry.Job.Id);
        _entries.Remove(entry.Job.Id);
        LeaveGroup(entry);
    }

    private JobWindow Lane(string task)
    {
        if (_lanes.TryGetValue(task, out var lane)) return lane;
        lane = new JobWindow(_limits.WindowReadyJobs, _limits.WindowPayloadBytes);
        _lanes.Add(task, lane);
        return lane;
    }
}
