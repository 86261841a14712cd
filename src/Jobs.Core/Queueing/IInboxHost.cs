namespace Jobs.Core;

/// <summary>Who serves partitions in this process.</summary>
internal interface IInboxHost
{
    /// <summary>A partition that this process serves. If it does not, null, and whoever else may serve it is told, if that is needed.</summary>
    ValueTask<ServedPartition?> FindServedAsync(PartitionKey partition, CancellationToken cancellation);
}
