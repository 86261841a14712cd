using Jobs.Core;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Changes what all silos serve alike, as whoever runs a cluster does; a queue's number is that of each silo.</summary>
internal sealed class AllControls(IReadOnlyList<IJobsControl> silos) : IJobsControl
{
    public IReadOnlyList<ServedQueue> Queues =>
    [
        .. silos.SelectMany(silo => silo.Queues).GroupBy(queue => queue.Name).OrderBy(queue => queue.Key.Value, StringComparer.Ordinal)
            .Select(queue => new ServedQueue(queue.Key, queue.Max(q => q.Concurrency), queue.Sum(q => q.RunningJobs))),
    ];

    public async ValueTask SetConcurrencyAsync(QueueName queue, int concurrency, CancellationToken cancellation = default)
    {
        foreach (var silo in silos) await silo.SetConcurrencyAsync(queue, concurrency, cancellation);
    }

    public async ValueTask ChangeQueueAsync(QueueName queue, Action<QueueOptions> change, CancellationToken cancellation = default)
    {
        foreach (var silo in silos) await silo.ChangeQueueAsync(queue, change, cancellation);
    }

    public async ValueTask<bool> RemoveQueueAsync(QueueName queue, TimeSpan? patience = null, CancellationToken cancellation = default) =>
        (await Task.WhenAll(silos.Select(silo => silo.RemoveQueueAsync(queue, patience, cancellation).AsTask()))).All(isAtRest => isAtRest);

    public async ValueTask UpgradeAsync(Action<JobsUpgrade> describe, CancellationToken cancellation = default)
    {
        foreach (var silo in silos) await silo.UpgradeAsync(describe, cancellation);
    }
}
