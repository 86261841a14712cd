using System.Collections.Concurrent;
using Jobs.Grains.Contracts;
using Orleans;

namespace Jobs.Client;

/// <summary>Which queues there are, as far as this client has asked. Queues are few and do not change their name, so answers are kept.</summary>
internal sealed class QueueMap(IGrainFactory grains, ClusterCalls calls)
{
    private readonly ConcurrentDictionary<QueueName, QueueDescription> _byName = new();
    private readonly ConcurrentDictionary<uint, QueueDescription> _byHash = new();
    private readonly ConcurrentDictionary<(QueueName Queue, int Partition), EnqueueLane> _lanes = new();

    internal async ValueTask<QueueDescription> DescribeAsync(QueueName queue, CancellationToken cancellation)
    {
        if (_byName.TryGetValue(queue, out var known)) return known;
        var directory = grains.GetGrain<IJobDirectory>(0);
        return Keep(await calls.AskAsync(_ => directory.DescribeQueueAsync(queue), "open the queue", cancellation).ConfigureAwait(false));
    }

    /// <summary>The partition of a job; null if nothing is known of the job's queue.</summary>
    internal async ValueTask<IQueuePartition?> PartitionOfAsync(JobId id, CancellationToken cancellation)
    {
        if (!_byHash.TryGetValue(id.QueueHash, out var queue))
        {
            var found = await calls.AskAsync(_ => grains.GetGrain<IJobDirectory>(0).FindQueueAsync(id), "find jobs", cancellation).ConfigureAwait(false);
            if (found is null) return null;
            queue = Keep(found);
        }

        return id.Partition < queue.Partitions ? Partition(queue.Queue, id.Partition) : null;
    }

    internal IQueuePartition Partition(QueueName queue, int number) => grains.GetGrain<IQueuePartition>(PartitionKeys.Of(queue, number));

    /// <summary>The way of new jobs to a partition.</summary>
    internal EnqueueLane Lane(QueueName queue, int partition) => _lanes.TryGetValue((queue, partition), out var lane)
        ? lane
        : _lanes.GetOrAdd((queue, partition), new EnqueueLane(Partition(queue, partition)));

    private QueueDescription Keep(QueueDescription queue)
    {
        _byHash[queue.Queue.Hash] = queue;
        return _byName[queue.Queue] = queue;
    }
}
