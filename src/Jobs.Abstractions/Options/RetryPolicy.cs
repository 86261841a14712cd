namespace Jobs;

/// <summary>How long a job waits between two attempts; a closed set: exponential, constant or custom.</summary>
/// <remarks>How many attempts there are is a separate option, <see cref="JobOptions.MaxAttempts"/>.</remarks>
public abstract record RetryPolicy
{
    /// <summary>The longest delay unless a policy says otherwise: one hour.</summary>
    public static readonly TimeSpan DefaultCap = TimeSpan.FromHours(1);

    private RetryPolicy()
    {
    }

    /// <summary>What a task uses that says nothing: 5 s, doubled after each failure, at most one hour, ±10 %.</summary>
    public static RetryPolicy Default { get; } = Exponential(TimeSpan.FromSeconds(5), jitter: 0.1);

    /// <summary>No wait at all: the next attempt is due at once.</summary>
    public static RetryPolicy None { get; } = Constant(TimeSpan.Zero);

    /// <summary>Waits <c>base × factor^(n − 1 + firstExponent)</c> after the n-th failure, capped, then spread by the jitter.</summary>
    /// <param name="baseDelay">The delay after the first failure, when <paramref name="firstExponent"/> is 0.</param>
    /// <param name="factor">By how much each failure lengthens the delay; at least 1, default 2.</param>
    /// <param name="cap">The longest delay before jitter; default one hour.</param>
    /// <param name="jitter">The fraction by which the delay is spread to both sides, 0 to 1; default 0.</param>
    /// <param name="firstExponent">The exponent after the first failure; default 0.</param>
    /// <exception cref="InvalidJobOptionException">A delay is negative, the factor below 1, or the jitter outside 0 to 1.</exception>
    public static RetryPolicy Exponential(
        TimeSpan baseDelay, double factor = 2, TimeSpan? cap = null, double jitter = 0, int firstExponent = 0)
    {
        RequireDelay(nameof(baseDelay), baseDelay);
        RequireDelay(nameof(cap), cap ?? DefaultCap);
        RequireJitter(jitter);
        if (!(factor >= 1) || double.IsInfinity(factor)) throw new InvalidJobOptionException(nameof(factor), factor, "use a number of at least 1");
        if (firstExponent is < 0 or > 64)
            throw new InvalidJobOptionException(nameof(firstExponent), firstExponent, "use a number from 0 to 64");
        return new ExponentialRetry(baseDelay, factor, cap ?? DefaultCap, jitter, firstExponent);
    }

    /// <summary>Waits the same time after every failure, spread by the jitter.</summary>
    /// <exception cref="InvalidJobOptionException">The delay is negative, or the jitter outside 0 to 1.</exception>
    public static RetryPolicy Constant(TimeSpan delay, double jitter = 0)
    {
        RequireDelay(nameof(delay), delay);
        RequireJitter(jitter);
        return new ConstantRetry(delay, jitter);
    }

    /// <summary>Asks a function for the delay; it gets the number of failures so far, from 1, and the last error.</summary>
    /// <remarks>The function belongs to the task and runs in the worker; it cannot be given per enqueue, because it cannot be stored.</remarks>
    public static RetryPolicy Custom(Func<int, Exception?, TimeSpan> delayAfter)
    {
        ArgumentNullException.ThrowIfNull(delayAfter);
        return new CustomRetry(delayAfter);
    }

    private static void RequireDelay(string name, TimeSpan value)
    {
        if (value < TimeSpan.Zero) throw new InvalidJobOptionException(name, value, "use zero or a positive time");
    }

    private static void RequireJitter(double jitter)
    {
        if (!(jitter is >= 0 and <= 1)) throw new InvalidJobOptionException(nameof(jitter), jitter, "use a fraction from 0 to 1");
    }

    /// <summary>See <see cref="Exponential"/>.</summary>
    public sealed record ExponentialRetry : RetryPolicy
    {
        internal ExponentialRetry(TimeSpan baseDelay, double factor, TimeSpan cap, double jitter, int firstExponent)
        {
            BaseDelay = baseDelay;
            Factor = factor;
            Cap = cap;
            Jitter = jitter;
            FirstExponent = firstExponent;
        }

        /// <summary>The delay at exponent 0.</summary>
        public TimeSpan BaseDelay { get; }

        /// <summary>By how much each failure lengthens the delay.</summary>
        public double Factor { get; }

        /// <summary>The longest delay before jitter.</summary>
        public TimeSpan Cap { get; }

        /// <summary>The fraction by which the delay is spread to both sides.</summary>
        public double Jitter { get; }

        /// <summary>The exponent after the first failure.</summary>
        public int FirstExponent { get; }
    }

    /// <summary>See <see cref="Constant"/>.</summary>
    public sealed record ConstantRetry : RetryPolicy
    {
        internal ConstantRetry(TimeSpan delay, double jitter)
        {
            Delay = delay;
            Jitter = jitter;
        }

        /// <summary>The delay after every failure.</summary>
        public TimeSpan Delay { get; }

        /// <summary>The fraction by which the delay is spread to both sides.</summary>
        public double Jitter { get; }
    }

    /// <summary>See <see cref="Custom"/>.</summary>
    public sealed record CustomRetry : RetryPolicy
    {
        internal CustomRetry(Func<int, Exception?, TimeSpan> delayAfter) => DelayAfter = delayAfter;

        /// <summary>The function that is asked.</summary>
        public Func<int, Exception?, TimeSpan> DelayAfter { get; }
    }
}
