namespace Jobs.Core;

/// <summary>What a handler wrote during one attempt.</summary>
/// <param name="Log">The lines, oldest first.</param>
/// <param name="Progress">The latest progress; null for none.</param>
public sealed record AttemptNotes(IReadOnlyList<JobLogLine> Log, JobProgress? Progress);
