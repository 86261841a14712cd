namespace Jobs;

/// <summary>A schedule as it was when somebody looked.</summary>
public sealed record ScheduleSnapshot
{
    /// <summary>Its name.</summary>
    public ScheduleId Id => Definition.Id;

    /// <summary>What was said of it.</summary>
    public required ScheduleDefinition Definition { get; init; }

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The next occurrence; null if it is paused or will not fire any more. In the past for a moment, while it fires.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>The next occurrences, as many as were asked for and there are; empty if it is paused.</summary>
    public IReadOnlyList<DateTimeOffset> Upcoming { get; init; } = [];

    /// <summary>The occurrence that fired last; null before the first one, and always null with <see cref="ScheduleScope.EveryNode"/>.</summary>
    public DateTimeOffset? Last { get; init; }

    /// <summary>The job of that occurrence; its record may be gone.</summary>
    public JobId? LastJob { get; init; }

    /// <summary>How many occurrences have fired; always 0 with <see cref="ScheduleScope.EveryNode"/>.</summary>
    public long Runs { get; init; }

    /// <summary>Whether code declares it, so that it comes back after it was removed.</summary>
    public bool IsDeclared { get; init; }

    /// <summary>When it was first stored.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its definition was changed last, or it was paused or resumed.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Changes with every write; <see cref="IScheduleClient.ChangeAsync"/> can insist on it.</summary>
    public long Version { get; init; }
}
