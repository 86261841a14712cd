namespace Jobs;

/// <summary>Attempts and delays as other well-known systems set them, for code that moves here and wants to keep its pace.</summary>
/// <param name="MaxAttempts">Executions including the first; <see cref="JobOptions.UnlimitedAttempts"/> for no limit.</param>
/// <param name="Backoff">The delay between them.</param>
/// <param name="OnException">What a thrown exception does.</param>
/// <param name="OnExhausted">What becomes of a job whose attempts are used up.</param>
public sealed record RetryPreset(int MaxAttempts, RetryPolicy Backoff, ExceptionPolicy OnException, ExhaustedAction OnExhausted)
{
    /// <summary>3 attempts, 5 s doubled each time with the factor clamped at 2^16, then dropped.</summary>
    public static RetryPreset Dispatch { get; } = new(
        3, RetryPolicy.Exponential(TimeSpan.FromSeconds(5), cap: TimeSpan.FromSeconds(5 * 65536)), ExceptionPolicy.Retry, ExhaustedAction.Discard);

    /// <summary>3 attempts, 30 s doubled each time, at most one hour, then dead and kept.</summary>
    public static RetryPreset Tasks { get; } = new(
        3, RetryPolicy.Exponential(TimeSpan.FromSeconds(30)), ExceptionPolicy.Retry, ExhaustedAction.DeadLetter);

    /// <summary>No limit, 1 s × 1.6^n ± 20 %, at most one hour before jitter.</summary>
    public static RetryPreset Jobs { get; } = new(
        JobOptions.UnlimitedAttempts,
        RetryPolicy.Exponential(TimeSpan.FromSeconds(1), factor: 1.6, jitter: 0.2, firstExponent: 1),
        ExceptionPolicy.Retry,
        ExhaustedAction.DeadLetter);

    /// <summary>The handler decides by its outcome; an exception is dead at once.</summary>
    public static RetryPreset HandlerDecides { get; } = new(
        JobOptions.UnlimitedAttempts, RetryPolicy.None, ExceptionPolicy.DeadLetter, ExhaustedAction.DeadLetter);

    /// <summary>10 attempts, 5 s doubled each time, at most one hour, then dead and kept.</summary>
    public static RetryPreset Outbox { get; } = new(
        10, RetryPolicy.Exponential(TimeSpan.FromSeconds(5)), ExceptionPolicy.Retry, ExhaustedAction.DeadLetter);

    /// <summary>One attempt and no retry.</summary>
    public static RetryPreset Once { get; } = new(1, RetryPolicy.None, ExceptionPolicy.Retry, ExhaustedAction.DeadLetter);
}
