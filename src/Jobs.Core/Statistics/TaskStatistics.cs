namespace Jobs.Core;

/// <summary>What happened to the jobs of one task on one queue in this process since it started, and what waits in the store.</summary>
public sealed record TaskStatistics
{
    /// <summary>The queue.</summary>
    public required QueueName Queue { get; init; }

    /// <summary>The task's name, as the jobs are stored under it.</summary>
    public required string Task { get; init; }

    /// <summary>Jobs enqueued.</summary>
    public long Enqueued { get; init; }

    /// <summary>Attempts started.</summary>
    public long Started { get; init; }

    /// <summary>Jobs completed.</summary>
    public long Completed { get; init; }

    /// <summary>Attempts that failed and are followed by another one.</summary>
    public long Retried { get; init; }

    /// <summary>Attempts whose handler asked to run again later.</summary>
    public long Rescheduled { get; init; }

    /// <summary>Jobs that died.</summary>
    public long Dead { get; init; }

    /// <summary>Jobs cancelled.</summary>
    public long Cancelled { get; init; }

    /// <summary>Jobs discarded.</summary>
    public long Discarded { get; init; }

    /// <summary>Jobs completed in the last 60 seconds.</summary>
    public long CompletedLastMinute { get; init; }

    /// <summary>Jobs completed per second, over the last 60 seconds.</summary>
    public double CompletedPerSecond => CompletedLastMinute / 60.0;

    /// <summary>How long attempts waited after they were due.</summary>
    public DurationSummary Wait { get; init; } = DurationSummary.None;

    /// <summary>How long attempts ran that ended by completion or failure.</summary>
    public DurationSummary Run { get; init; } = DurationSummary.None;

    /// <summary>Jobs of the task that are ready and wait for a worker, among the first 1,000 of the queue; 0 where the store was not asked.</summary>
    public int Pending { get; init; }

    /// <summary>When the one of them that was enqueued first was due; null if there is none, or the store was not asked.</summary>
    public DateTimeOffset? OldestPendingDueAt { get; init; }

    internal TaskStatistics Plus(TaskStatistics other) => this with
    {
        Enqueued = Enqueued + other.Enqueued,
        Started = Started + other.Started,
        Completed = Completed + other.Completed,
        Retried = Retried + other.Retried,
        Rescheduled = Rescheduled + other.Rescheduled,
        Dead = Dead + other.Dead,
        Cancelled = Cancelled + other.Cancelled,
        Discarded = Discarded + other.Discarded,
    };
}
