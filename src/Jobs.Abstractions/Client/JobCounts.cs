namespace Jobs;

/// <summary>How many jobs there are in each state.</summary>
public sealed record JobCounts
{
    /// <summary>Enqueued and not yet due.</summary>
    public long Scheduled { get; init; }

    /// <summary>Due and waiting.</summary>
    public long Pending { get; init; }

    /// <summary>Handed to a worker.</summary>
    public long Running { get; init; }

    /// <summary>Failed, and waiting for the next attempt.</summary>
    public long Retrying { get; init; }

    /// <summary>Done, as far as their records are still kept.</summary>
    public long Completed { get; init; }

    /// <summary>Failed for good.</summary>
    public long Dead { get; init; }

    /// <summary>Cancelled, as far as their records are still kept.</summary>
    public long Cancelled { get; init; }

    /// <summary>Given up, as far as their records are still kept.</summary>
    public long Discarded { get; init; }

    /// <summary>All that are not final.</summary>
    public long Unfinished => Scheduled + Pending + Running + Retrying;

    /// <summary>The count of one state.</summary>
    public long this[JobState state] => state switch
    {
        JobState.Scheduled => Scheduled,
        JobState.Pending => Pending,
        JobState.Running => Running,
        JobState.Retrying => Retrying,
        JobState.Completed => Completed,
        JobState.Dead => Dead,
        JobState.Cancelled => Cancelled,
        JobState.Discarded => Discarded,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };
}
