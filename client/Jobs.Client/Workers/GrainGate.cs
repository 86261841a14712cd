using Jobs.Core;
using Jobs.Grains.Contracts;
using Orleans;

namespace Jobs.Client.Workers;

/// <summary>The way to partitions that are grains somewhere in the cluster.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="listener">How owners call this process; null for a silo, which they can call without being told.</param>
internal sealed class GrainGate(IGrainFactory grains, Func<IJobWorker>? listener = null) : IPartitionGate
{
    public async Task<WorkerOrders> ReportAsync(PartitionKey partition, WorkerReport report)
    {
        var grain = grains.GetGrain<IQueuePartition>(PartitionKeys.Of(partition.Queue, partition.Number));
        var message = report.ToMessage();
        if (report.Offer is not null && listener is not null) message = message with { Listener = listener() };
        return (await grain.ExchangeAsync(message).ConfigureAwait(false)).ToOrders();
    }
}
