using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>Which listeners a message has reached.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.TopicDelivery")]
public sealed record TopicDelivery
{
    /// <summary>Listeners that have it in their buffer.</summary>
    [Id(0)]
    public int Listeners { get; init; }

    /// <summary>Listeners whose buffer was full.</summary>
    [Id(1)]
    public int Dropped { get; init; }
}
