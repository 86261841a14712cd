namespace Jobs.Core;

/// <summary>A schedule as the engine and the stores see it; immutable, changed only by <see cref="SchedulePlan"/>.</summary>
public sealed record ScheduleRecord
{
    /// <summary>What was said of it. An interval has an anchor here.</summary>
    public required ScheduleDefinition Definition { get; init; }

    /// <summary>Its name.</summary>
    public ScheduleId Id => Definition.Id;

    /// <summary>
    /// One higher with each write, and the fence of the next one. It starts at a random number, so that a schedule that was removed and
    /// made again is not taken for the old one.
    /// </summary>
    public required long Version { get; init; }

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>
    /// The next occurrence; null if there is none. The only one that may have a job already although nothing here says so. With
    /// <see cref="ScheduleScope.EveryNode"/> each node keeps its own, in memory.
    /// </summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>The occurrence that fired last.</summary>
    public DateTimeOffset? Last { get; init; }

    /// <summary>The job of <see cref="Last"/>.</summary>
    public JobId? LastJob { get; init; }

    /// <summary>The job of the occurrence that fired before <see cref="Last"/>.</summary>
    public JobId? PriorJob { get; init; }

    /// <summary>How many occurrences have fired.</summary>
    public long Runs { get; init; }

    /// <summary>How many missed occurrences were made up for in a row.</summary>
    public int MadeUp { get; init; }

    /// <summary>The hash of the declaration in code that was applied last; null if no code declares it.</summary>
    public string? Declaration { get; init; }

    /// <summary>When it was first stored.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its definition was changed last, or it was paused or resumed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>What callers get to see.</summary>
    /// <param name="now">Where the upcoming times start, at the earliest.</param>
    /// <param name="upcomingTimes">How many of them.</param>
    public ScheduleSnapshot ToSnapshot(DateTimeOffset now, int upcomingTimes)
    {
        var next = IsPaused ? null : Definition.Scope is ScheduleScope.EveryNode ? Definition.NextAfter(now) : Next;
        return new ScheduleSnapshot
        {
            Definition = Definition,
            IsPaused = IsPaused,
            Next = next,
            Upcoming = next is { } first ? [.. Definition.OccurrencesAfter(first.AddTicks(-1)).Take(RunsLeft(upcomingTimes))] : [],
            Last = Last,
            LastJob = LastJob,
            Runs = Runs,
            IsDeclared = Declaration is not null,
            CreatedAt = CreatedAt,
            ChangedAt = ChangedAt,
            Version = Version,
        };
    }

    private int RunsLeft(int wanted) =>
        Definition is { MaxRuns: { } max, Scope: ScheduleScope.Cluster } ? (int)Math.Clamp(max - Runs, 0, wanted) : wanted;
}
