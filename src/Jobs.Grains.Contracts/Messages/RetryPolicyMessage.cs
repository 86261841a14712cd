using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>A delay between attempts that is stored with a job.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.RetryPolicy")]
public sealed record RetryPolicyMessage
{
    /// <summary>The delay: that of the first retry, or of each one.</summary>
    [Id(0)]
    public required TimeSpan Delay { get; init; }

    /// <summary>By how much each failure lengthens the delay; null if it stays the same.</summary>
    [Id(1)]
    public double? Factor { get; init; }

    /// <summary>The longest delay, if it grows.</summary>
    [Id(2)]
    public TimeSpan Cap { get; init; }

    /// <summary>The fraction by which the delay is spread to both sides.</summary>
    [Id(3)]
    public double Jitter { get; init; }

    /// <summary>The exponent after the first failure, if it grows.</summary>
    [Id(4)]
    public int FirstExponent { get; init; }

    /// <summary>Writes a policy down; null for none.</summary>
    /// <exception cref="InvalidJobOptionException">The policy is a function, which cannot be stored with a job.</exception>
    public static RetryPolicyMessage? From(RetryPolicy? policy) => policy switch
    {
        null => null,
        RetryPolicy.ConstantRetry constant => new() { Delay = constant.Delay, Jitter = constant.Jitter },
        RetryPolicy.ExponentialRetry growing => new()
        {
            Delay = growing.BaseDelay,
            Factor = growing.Factor,
            Cap = growing.Cap,
            Jitter = growing.Jitter,
            FirstExponent = growing.FirstExponent,
        },
        _ => throw new InvalidJobOptionException(nameof(JobOptions.Backoff), "a custom function", "it cannot be stored with a job; set it on the task"),
    };

    /// <summary>The policy.</summary>
    public RetryPolicy ToPolicy() => Factor is { } factor
        ? RetryPolicy.Exponential(Delay, factor, Cap, Jitter, FirstExponent)
        : RetryPolicy.Constant(Delay, Jitter);
}
