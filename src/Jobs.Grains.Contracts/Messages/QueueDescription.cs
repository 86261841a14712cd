using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>What a client has to know of a queue to find its partitions.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.QueueDescription")]
public sealed record QueueDescription
{
    /// <summary>The queue.</summary>
    [Id(0)]
    public required QueueName Queue { get; init; }

    /// <summary>Into how many partitions it is divided.</summary>
    [Id(1)]
    public required int Partitions { get; init; }
}
