namespace Jobs.Core;

/// <summary>
/// The rules of schedules, pure and without a clock: what a change makes of a stored schedule, and what is to be done with it at a time.
/// Whoever hosts it (the embedded engine, a grain) reads, asks, enqueues and writes; it decides nothing.
/// </summary>
public static class SchedulePlan
{
    /// <summary>A clock that was set back by more than this starts a schedule anew; by less, it waits for the time it had reached.</summary>
    public static readonly TimeSpan MaxSetBack = TimeSpan.FromDays(1);

    /// <summary>A new schedule. Its first occurrence is after now.</summary>
    /// <param name="definition">What was said of it.</param>
    /// <param name="now">The time.</param>
    /// <param name="version">Its first version.</param>
    /// <param name="declaration">The hash of its declaration in code; a declared schedule may be one that is over.</param>
    /// <exception cref="ScheduleNeverFiresException">There is none.</exception>
    public static ScheduleRecord Create(ScheduleDefinition definition, DateTimeOffset now, long version, string? declaration = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var anchored = Anchored(definition, WholeMilliseconds(now));
        return new ScheduleRecord
        {
            Definition = anchored,
            Version = version,
            IsPaused = anchored.StartsPaused,
            Next = declaration is null ? FirstAfter(anchored, now) : anchored.NextAfter(now),
            Declaration = declaration,
            CreatedAt = WholeMilliseconds(now),
            ChangedAt = WholeMilliseconds(now),
        };
    }

    /// <summary>
    /// A schedule with another definition. What is due under an unchanged timing stays due; under another timing the next occurrence is
    /// the first one after now.
    /// </summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="definition">What it is to be.</param>
    /// <param name="now">The time.</param>
    /// <param name="declaration">The hash of its declaration in code, if that asks for the change.</param>
    /// <returns>The same object if nothing changes.</returns>
    /// <exception cref="ScheduleNeverFiresException">It would have no occurrence after now.</exception>
    public static ScheduleRecord Change(ScheduleRecord schedule, ScheduleDefinition definition, DateTimeOffset now, string? declaration = null)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(definition);
        var old = schedule.Definition;
        var anchor = old.Timing is ScheduleTiming.IntervalTiming was && definition.Timing is ScheduleTiming.IntervalTiming wanted
            && was.Interval == wanted.Interval
            ? was.Anchor!.Value
            : WholeMilliseconds(now);
        var anchored = Anchored(definition, anchor);
        var isSame = old.Task == anchored.Task && StoredSchedule.OfDefinition(old) == StoredSchedule.OfDefinition(anchored)
            && old.Payload.Span.SequenceEqual(anchored.Payload.Span);
        if (isSame && (declaration ?? schedule.Declaration) == schedule.Declaration) return schedule;
        var isTimeSame = old.Timing.Equals(anchored.Timing) && old.From == anchored.From && old.Until == anchored.Until && old.Scope == anchored.Scope
            && schedule.Next is not null;
        var next = isTimeSame ? schedule.Next : declaration is null ? FirstAfter(anchored, now) : anchored.NextAfter(now);
        return schedule with
        {
            Definition = anchored,
            Next = schedule.Runs >= anchored.MaxRuns ? null : next,
            MadeUp = 0,
            Declaration = declaration ?? schedule.Declaration,
            ChangedAt = WholeMilliseconds(now),
        };
    }

    /// <summary>A schedule that does not fire.</summary>
    public static ScheduleRecord Pause(ScheduleRecord schedule, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return schedule.IsPaused ? schedule : schedule with { IsPaused = true, ChangedAt = WholeMilliseconds(now) };
    }

    /// <summary>A schedule that fires again, from its first occurrence after now on.</summary>
    public static ScheduleRecord Resume(ScheduleRecord schedule, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        if (!schedule.IsPaused) return schedule;
        return schedule with
        {
            IsPaused = false,
            Next = schedule.Next is null ? null : schedule.Definition.NextAfter(now),
            MadeUp = 0,
            ChangedAt = WholeMilliseconds(now),
        };
    }

    /// <summary>What a node goes by that fires occurrences of its own: the stored schedule, seen from when the node came to know it.</summary>
    /// <param name="stored">The schedule as it is stored.</param>
    /// <param name="own">What the node went by until now; null at first.</param>
    /// <param name="now">The time.</param>
    public static ScheduleRecord OnNode(ScheduleRecord stored, ScheduleRecord? own, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(stored);
        if (own is not null && own.Version == stored.Version) return own;
        var goesOn = own is not null && own.CreatedAt == stored.CreatedAt;
        var isTimeSame = goesOn && own!.IsPaused == stored.IsPaused && own.Definition.Timing.Equals(stored.Definition.Timing);
        var runs = goesOn ? own!.Runs : 0;
        return stored with
        {
            Next = runs >= stored.Definition.MaxRuns ? null : isTimeSame ? own!.Next : stored.Definition.NextAfter(now),
            Last = goesOn ? own!.Last : null,
            LastJob = goesOn ? own!.LastJob : null,
            PriorJob = goesOn ? own!.PriorJob : null,
            Runs = runs,
            MadeUp = 0,
        };
    }

    /// <summary>What is to be done with a schedule now.</summary>
    /// <param name="schedule">The schedule, read just now.</param>
    /// <param name="now">The time.</param>
    /// <param name="jobs">How the jobs stand that were asked about; null for one that does not exist.</param>
    /// <param name="node">The name of this node, for schedules that fire on each.</param>
    /// <param name="queue">The queue of the next occurrence's job; null means the schedule's.</param>
    public static ScheduleDecision Decide(
        ScheduleRecord schedule, DateTimeOffset now, IReadOnlyDictionary<JobId, JobState?> jobs, string node, QueueName? queue = null)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(jobs);
        if (schedule.IsPaused || schedule.Next is not { } time) return new ScheduleDecision.Wait(null);
        if (now < time) return StartsAnew(schedule, time, now) is { } anew ? new ScheduleDecision.Pass(anew) : new ScheduleDecision.Wait(time);
        var definition = schedule.Definition;
        var isMissed = now - time > definition.MisfireAfter || definition.NextAfter(time) <= now;
        var occurrence = new ScheduleOccurrence(definition, time, node, queue);
        if (isMissed && schedule.MadeUp >= definition.Misfire.MaxOccurrences)
            return PassUnlessFired(schedule, occurrence, jobs, now, isMissed, schedule with { Next = SkipTo(definition, time, now), MadeUp = 0 });
        return Overlapping(schedule, jobs) switch
        {
            { } unknown when !jobs.ContainsKey(unknown) => new ScheduleDecision.Ask(unknown),
            not null => PassUnlessFired(schedule, occurrence, jobs, now, isMissed, Advanced(schedule, time, now, isMissed)),
            null => new ScheduleDecision.Fire(occurrence, Fired(schedule, occurrence, now, isMissed)),
        };
    }

    /// <summary>
    /// An occurrence may be skipped only if it has no job: somebody may have enqueued it and not come to write that down.
    /// </summary>
    private static ScheduleDecision PassUnlessFired(
        ScheduleRecord schedule, ScheduleOccurrence occurrence, IReadOnlyDictionary<JobId, JobState?> jobs, DateTimeOffset now, bool isMissed,
        ScheduleRecord skipped)
    {
        if (!jobs.TryGetValue(occurrence.JobId, out var state)) return new ScheduleDecision.Ask(occurrence.JobId);
        return new ScheduleDecision.Pass(state is null ? skipped : Fired(schedule, occurrence, now, isMissed));
    }

    private static ScheduleRecord Fired(ScheduleRecord schedule, ScheduleOccurrence occurrence, DateTimeOffset now, bool isMissed)
    {
        var advanced = Advanced(schedule, occurrence.Time, now, isMissed);
        return advanced with
        {
            Next = schedule.Runs + 1 >= schedule.Definition.MaxRuns ? null : advanced.Next,
            Last = occurrence.Time,
            LastJob = occurrence.JobId,
            PriorJob = schedule.LastJob,
            Runs = schedule.Runs + 1,
        };
    }

    /// <summary>The schedule behind an occurrence, or behind all that are due when one stands for them.</summary>
    private static ScheduleRecord Advanced(ScheduleRecord schedule, DateTimeOffset time, DateTimeOffset now, bool isMissed)
    {
        var isForAll = isMissed && schedule.Definition.Misfire == MisfirePolicy.FireOnce;
        var next = schedule.Definition.NextAfter(isForAll ? now : time);
        return schedule with { Next = next, MadeUp = isMissed && next <= now ? schedule.MadeUp + 1 : 0 };
    }

    /// <summary>The latest occurrence that is due, if it is not late; else the first one after now.</summary>
    private static DateTimeOffset? SkipTo(ScheduleDefinition definition, DateTimeOffset missed, DateTimeOffset now) =>
        definition.LastUpTo(now) is { } latest && latest > missed && now - latest <= definition.MisfireAfter ? latest : definition.NextAfter(now);

    /// <summary>
    /// A job that keeps the next occurrence from firing, or that must be asked about to know; null if none does. With one job in the queue
    /// of a schedule, both the last job and the one before it are unfinished, because they run in order.
    /// </summary>
    private static JobId? Overlapping(ScheduleRecord schedule, IReadOnlyDictionary<JobId, JobState?> jobs)
    {
        JobId?[] inTheWay = schedule.Definition.Overlap switch
        {
            OverlapPolicy.Skip => [schedule.LastJob],
            OverlapPolicy.QueueOne => [schedule.LastJob, schedule.PriorJob],
            _ => [null],
        };
        JobId? unfinished = null;
        foreach (var job in inTheWay)
        {
            if (job is not { } id) return null;
            if (!jobs.TryGetValue(id, out var state)) return id;
            if (state is not { } known || known.IsFinal()) return null;
            unfinished = id;
        }

        return unfinished;
    }

    /// <summary>The schedule from now on, if the clock was set back so far that waiting for the next occurrence would be a standstill.</summary>
    private static ScheduleRecord? StartsAnew(ScheduleRecord schedule, DateTimeOffset next, DateTimeOffset now)
    {
        // The next occurrence is the first one after some time of the clock, which was no earlier than the occurrence before it.
        if (next - now <= MaxSetBack || schedule.Definition.NextAfter(now) is not { } first || first >= next) return null;
        return schedule.Definition.LastUpTo(next.AddTicks(-1)) is { } before && before - now > MaxSetBack ? schedule with { Next = first, MadeUp = 0 } : null;
    }

    private static DateTimeOffset FirstAfter(ScheduleDefinition definition, DateTimeOffset now) => definition.NextAfter(now)
        ?? throw new ScheduleNeverFiresException(definition.Id, definition.Timing.Describe(), definition.From, definition.Until);

    private static ScheduleDefinition Anchored(ScheduleDefinition definition, DateTimeOffset anchor) =>
        definition.Timing is ScheduleTiming.IntervalTiming { Anchor: null } interval
            ? definition with { Timing = ScheduleTiming.Every(interval.Interval, anchor) }
            : definition;

    private static DateTimeOffset WholeMilliseconds(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
}
