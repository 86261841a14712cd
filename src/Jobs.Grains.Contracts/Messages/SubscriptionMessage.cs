using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>A durable subscription of a topic.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.Subscription")]
public sealed record SubscriptionMessage
{
    /// <summary>The topic's name.</summary>
    [Id(0)]
    public required string Topic { get; init; }

    /// <summary>Its own name.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>The options of its jobs, their queue among them.</summary>
    [Id(2)]
    public required JobOptionsMessage Options { get; init; }

    /// <summary>Since when it is there, or was changed.</summary>
    [Id(3)]
    public DateTimeOffset Since { get; init; }
}
