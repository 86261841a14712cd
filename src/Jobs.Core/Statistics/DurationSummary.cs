namespace Jobs.Core;

/// <summary>How long something took, over many times. Percentiles are right within 3 %.</summary>
/// <param name="Count">How many times.</param>
/// <param name="Mean">The average; zero if there was none.</param>
/// <param name="P50">Half of them took at most so long.</param>
/// <param name="P90">Nine of ten took at most so long.</param>
/// <param name="P99">99 of a hundred took at most so long.</param>
/// <param name="Max">The longest.</param>
public sealed record DurationSummary(long Count, TimeSpan Mean, TimeSpan P50, TimeSpan P90, TimeSpan P99, TimeSpan Max)
{
    /// <summary>Of nothing.</summary>
    public static DurationSummary None { get; } = new(0, default, default, default, default, default);
}
