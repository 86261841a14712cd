using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>What a worker can do for a partition.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.WorkerOffer")]
public sealed record WorkerOfferMessage
{
    /// <summary>Its name, as jobs keep it.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>The tasks it has handlers for, by each of their names.</summary>
    [Id(1)]
    public required string[] Tasks { get; init; }

    /// <summary>The version of its code; null if it is not told.</summary>
    [Id(2)]
    public string? CodeVersion { get; init; }

    /// <summary>For how long it may be silent before it counts as lost; null for a worker in a silo.</summary>
    [Id(3)]
    public TimeSpan? Heartbeat { get; init; }

    /// <summary>How many jobs of the queue it runs at a time; null if it does not tell.</summary>
    [Id(4)]
    public int? Concurrency { get; init; }

    /// <summary>Since when it is there; null if it does not tell.</summary>
    [Id(5)]
    public DateTimeOffset? StartedAt { get; init; }
}
