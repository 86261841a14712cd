namespace Jobs.Core;

/// <summary>A question was not answered because the partition was lost meanwhile; it is asked again when the partition has an owner.</summary>
internal sealed class PartitionLostException(PartitionKey partition) : Exception($"The partition {partition} was lost.");
