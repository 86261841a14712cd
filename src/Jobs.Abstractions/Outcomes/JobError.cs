namespace Jobs;

/// <summary>The error of one attempt, as it is kept with the job.</summary>
/// <param name="Attempt">The attempt that failed, from 1.</param>
/// <param name="At">When it failed.</param>
/// <param name="Type">The exception's type name, or what ended the attempt when nothing was thrown.</param>
/// <param name="Message">What went wrong, cut at <see cref="JobLimits.MaxErrorChars"/>.</param>
/// <param name="Stack">The stack trace, cut at <see cref="JobLimits.MaxStackChars"/>; null if nothing was thrown.</param>
public sealed record JobError(int Attempt, DateTimeOffset At, string Type, string Message, string? Stack = null);
