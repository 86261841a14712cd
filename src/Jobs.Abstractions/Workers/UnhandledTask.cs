namespace Jobs;

/// <summary>A task that has due jobs on a queue, and no living worker that would run them.</summary>
public sealed record UnhandledTask
{
    /// <summary>The queue.</summary>
    public required QueueName Queue { get; init; }

    /// <summary>The task's name, as its jobs are stored under it.</summary>
    public required string Task { get; init; }

    /// <summary>How many jobs wait, as far as they are in memory; see <see cref="IsAtLeast"/>.</summary>
    public required int WaitingJobs { get; init; }

    /// <summary>True if more may wait than <see cref="WaitingJobs"/> says: in the store only, or behind another one of their group.</summary>
    public bool IsAtLeast { get; init; }

    /// <summary>When the job was due that has waited longest, among those that are counted.</summary>
    public required DateTimeOffset WaitingSince { get; init; }

    /// <summary>As in <c>send-email on mail: at least 500 jobs since …</c>.</summary>
    public override string ToString() => $"{Task} on {Queue}: {(IsAtLeast ? "at least " : "")}{WaitingJobs} jobs since {WaitingSince:O}";
}
