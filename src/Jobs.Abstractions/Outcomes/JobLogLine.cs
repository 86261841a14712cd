namespace Jobs;

/// <summary>A line that a handler wrote through <see cref="JobContext.Log"/>.</summary>
/// <param name="At">When it was written.</param>
/// <param name="Attempt">The attempt that wrote it, from 1.</param>
/// <param name="Text">The line, cut at <see cref="JobLimits.MaxLogLineChars"/>.</param>
public sealed record JobLogLine(DateTimeOffset At, int Attempt, string Text);
