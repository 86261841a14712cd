namespace Jobs.Core;

/// <summary>One queue: what the store holds, and what happened in this process since it started.</summary>
public sealed record QueueStatistics
{
    /// <summary>The queue.</summary>
    public required QueueName Queue { get; init; }

    /// <summary>When this was read.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The queue's jobs by state, as the store counts them.</summary>
    public required JobCounts Counts { get; init; }

    /// <summary>When the ready job that was enqueued first was due; null if none is ready.</summary>
    public DateTimeOffset? OldestPendingDueAt { get; init; }

    /// <summary>How long that job has been due; zero if none is ready.</summary>
    public TimeSpan OldestPendingAge => OldestPendingDueAt is { } due && due < At ? At - due : TimeSpan.Zero;

    /// <summary>Whether <see cref="TaskStatistics.Pending"/> of the tasks counts every ready job; false if more than 1,000 are ready.</summary>
    public bool PendingByTaskIsExact { get; init; }

    /// <summary>Each task of the queue that was seen, sorted by name.</summary>
    public required IReadOnlyList<TaskStatistics> Tasks { get; init; }
}
