namespace Jobs;

/// <summary>How a listener takes messages.</summary>
public sealed record ListenOptions
{
    /// <summary>How many messages it handles at a time; default 16. With 1 they are handled in the order in which they came.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>How many messages wait for it at most; default 10,000. What comes when it is full is dropped, which the publisher is told.</summary>
    public int BufferMessages { get; init; } = 10_000;
}
