namespace Jobs.Core;

/// <summary>A bucket of tokens at a moment: pure, and exact, because it counts in ticks times jobs and never rounds.</summary>
/// <param name="Rate">How it is refilled, and how much it holds.</param>
/// <param name="Level">What is in it, in tokens times the ticks of a period.</param>
/// <param name="At">When that was.</param>
internal readonly record struct TokenBucket(RunRate Rate, Int128 Level, DateTimeOffset At)
{
    private Int128 Capacity => (Int128)Rate.Burst * Rate.Period.Ticks;

    /// <summary>Whole tokens.</summary>
    internal int Tokens => (int)(Level / Rate.Period.Ticks);

    internal bool IsFull => Level >= Capacity;

    internal static TokenBucket Full(RunRate rate, DateTimeOffset now) => new(rate, (Int128)rate.Burst * rate.Period.Ticks, now);

    internal static TokenBucket Empty(RunRate rate, DateTimeOffset now) => new(rate, 0, now);

    /// <summary>The bucket later. A clock that was set back adds nothing and takes nothing.</summary>
    internal TokenBucket Advance(DateTimeOffset now) => now <= At
        ? this
        : this with { Level = Int128.Min(Capacity, Level + ((Int128)(now - At).Ticks * Rate.Jobs)), At = now };

    /// <summary>The bucket with fewer tokens; it may owe some, to jobs that have started without asking.</summary>
    internal TokenBucket Take(int tokens) => this with { Level = Level - ((Int128)tokens * Rate.Period.Ticks) };

    /// <summary>When so many tokens are in it.</summary>
    internal DateTimeOffset When(int tokens)
    {
        var missing = ((Int128)tokens * Rate.Period.Ticks) - Level;
        return missing <= 0 ? At : Times.Add(At, TimeSpan.FromTicks((long)((missing + Rate.Jobs - 1) / Rate.Jobs)));
    }

    /// <summary>The same tokens under another rate.</summary>
    internal TokenBucket Under(RunRate rate)
    {
        var level = Level * rate.Period.Ticks / Rate.Period.Ticks;
        return new(rate, Int128.Min(level, (Int128)rate.Burst * rate.Period.Ticks), At);
    }
}
