using System.Collections.Immutable;

namespace Jobs.Core;

/// <summary>What most jobs never have: errors, log lines, progress, a reason.</summary>
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

    /// <summary>Why the job is in its state.</summary>
    public string? Reason { get; init; }
}
