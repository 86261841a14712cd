namespace Jobs;

/// <summary>Something is larger than its limit; nothing was stored.</summary>
public sealed class LimitExceededException(string limit, long actual, long allowed)
    : JobsException($"{limit} allows {allowed:N0}, but this is {actual:N0}. "
        + $"Make it smaller (store large data elsewhere and pass a reference), or raise JobLimits.{limit}.")
{
    /// <summary>The limit's name in <see cref="JobLimits"/>, which ends with its unit.</summary>
    public string Limit { get; } = limit;

    /// <summary>How large it was, in the limit's unit.</summary>
    public long Actual { get; } = actual;

    /// <summary>How large it may be, in the limit's unit.</summary>
    public long Allowed { get; } = allowed;
}
