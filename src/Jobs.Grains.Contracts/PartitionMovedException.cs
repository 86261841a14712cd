using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>A partition is moving to another silo. Whether the request was carried out is not known; a client repeats it with the same ids.</summary>
[GenerateSerializer]
[Alias("jobs.PartitionMoved")]
public sealed class PartitionMovedException(string partition)
    : Exception($"The partition {partition} is moving to another silo. Repeat the request with the same job ids.")
{
    /// <summary>The partition, as <c>queue/number</c>.</summary>
    [Id(0)]
    public string Partition { get; } = partition;
}
