namespace Jobs.Core;

/// <summary>The arithmetic of <see cref="RetryPolicy"/>: caps, jitter, and no overflow however many failures there were.</summary>
public static class RetryDelays
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <summary>The delay after a failure.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="failures">How often the job has failed, this time included; from 1.</param>
    /// <param name="error">What was thrown; for custom policies.</param>
    /// <param name="random">Where the jitter comes from.</param>
    public static TimeSpan After(RetryPolicy policy, int failures, Exception? error, Random random)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        return policy switch
        {
            RetryPolicy.ExponentialRetry exponential => Spread(Grow(exponential, failures), exponential.Jitter, random),
            RetryPolicy.ConstantRetry constant => Spread(constant.Delay, constant.Jitter, random),
            RetryPolicy.CustomRetry custom => Bounded(custom.DelayAfter(failures, error)),
            _ => throw new InvalidOperationException($"The retry policy {policy.GetType()} is not known."),
        };
    }

    private static TimeSpan Grow(RetryPolicy.ExponentialRetry policy, int failures)
    {
        if (policy.BaseDelay == TimeSpan.Zero) return TimeSpan.Zero;
        var ticks = policy.BaseDelay.Ticks * Math.Pow(policy.Factor, (double)failures - 1 + policy.FirstExponent);
        return ticks >= policy.Cap.Ticks ? policy.Cap : TimeSpan.FromTicks((long)ticks);
    }

    private static TimeSpan Spread(TimeSpan delay, double jitter, Random random)
    {
        if (jitter == 0) return Bounded(delay);
        var factor = 1 + (jitter * ((2 * random.NextDouble()) - 1));
        var ticks = delay.Ticks * factor;
        return ticks >= Longest.Ticks ? Longest : Bounded(TimeSpan.FromTicks((long)ticks));
    }

    private static TimeSpan Bounded(TimeSpan delay) => delay < TimeSpan.Zero ? TimeSpan.Zero : delay > Longest ? Longest : delay;
}
