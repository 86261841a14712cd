namespace Jobs;

/// <summary>Which jobs; every condition that is set must hold, and none set means all jobs.</summary>
public record JobFilter
{
    /// <summary>Jobs of this queue.</summary>
    public QueueName? Queue { get; init; }

    /// <summary>Jobs of this task.</summary>
    public string? Task { get; init; }

    /// <summary>Jobs in one of these states; null or empty means any.</summary>
    public IReadOnlyCollection<JobState>? States { get; init; }

    /// <summary>Jobs with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Jobs enqueued at or after this time.</summary>
    public DateTimeOffset? EnqueuedFrom { get; init; }

    /// <summary>Jobs enqueued before this time.</summary>
    public DateTimeOffset? EnqueuedBefore { get; init; }
}
