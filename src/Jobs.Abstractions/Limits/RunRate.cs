namespace Jobs;

/// <summary>
/// How many jobs may start in a time: a bucket of tokens, one for each start, that is refilled evenly. In any stretch of time no more start
/// than <see cref="Burst"/> and what the rate gives for that time.
/// </summary>
/// <param name="Jobs">How many start in a period; 1 to 1,000,000.</param>
/// <param name="Period">The period; 1 millisecond to 31 days.</param>
public sealed record RunRate(int Jobs, TimeSpan Period)
{
    private const int Most = 1_000_000;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>
    /// How many may start at once after a rest; default as many as a period has. 1 spaces the starts evenly, so that no period, wherever it
    /// begins, has more than one too many. 1 to 1,000,000.
    /// </summary>
    public int Burst { get; init; } = Jobs;

    internal void Check()
    {
        if (Jobs is < 1 or > Most) throw new InvalidJobOptionException(nameof(Jobs), Jobs, "use a number from 1 to 1,000,000");
        if (Burst is < 1 or > Most) throw new InvalidJobOptionException(nameof(Burst), Burst, "use a number from 1 to 1,000,000");
        if (Period < Shortest || Period > Longest) throw new InvalidJobOptionException(nameof(Period), Period, "use 1 millisecond to 31 days");
    }
}
