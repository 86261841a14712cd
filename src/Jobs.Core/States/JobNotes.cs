using System.Collections.Immutable;

namespace Jobs.Core;

/// <summary>What most jobs never have: errors, log lines, progress, a reason, a payload that is gone.</summary>
public sealed record JobNotes
{
    /// <summary>No notes.</summary>
    public static JobNotes Empty { get; } = new();

    /// <summary>The errors of the attempts, oldest first.</summary>
    public ImmutableList<JobError> Errors { get; init; } = [];

    /// <summary>What the handler wrote, oldest first.</summary>
    public ImmutableList<JobLogLine> Log { get; init; } = [];

    /// <summary>How far the job has come.</summary>
    public JobProgress? Progress { get; init; }

    /// <summary>The version of the code that ran the latest attempt, if it is not the one that enqueued the job.</summary>
    public string? CodeVersion { get; init; }

    /// <summary>When the lease ends under which the job runs; null if it does not run, or under no lease.</summary>
    public DateTimeOffset? LeasedUntil { get; init; }

    /// <summary>For how long the worker that runs the job may be silent; null if it does not run, or if somebody tells of the worker's death.</summary>
    public TimeSpan? Heartbeat { get; init; }

    /// <summary>When the payload was removed from the finished job's record; null if it was not. A store keeps this beside the notes.</summary>
    public DateTimeOffset? PayloadPrunedAt { get; init; }

    /// <summary>Why the job is in its state.</summary>
    public string? Reason { get; init; }
}
