namespace Jobs;

/// <summary>A schedule has been written since it was read, so a change made on what was read is refused.</summary>
public sealed class ScheduleChangedException(ScheduleId id, long expected, long? actual)
    : JobsException($"The schedule '{id}' does not have version {expected} any more. Read it again and make the change on what is there now.")
{
    /// <summary>The schedule.</summary>
    public ScheduleId Id { get; } = id;

    /// <summary>The version that was read.</summary>
    public long Expected { get; } = expected;

    /// <summary>The version that it has; null if it is not known.</summary>
    public long? Actual { get; } = actual;
}
