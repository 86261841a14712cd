using Jobs.Client.Workers;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Node;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Jobs.Grains.Hosting;

/// <summary>
/// A job that runs from its enqueue to its end on a store in memory, on a node that is told to stop while it runs; and every message about it, written
/// and read again. Neither the meter nor the log hears of it.
/// </summary>
internal sealed class WarmUpJob(Serializer serializer)
{
    private const string Name = "warm-up";

    /// <summary>A parent that is not sampled, so that what runs is not either.</summary>
    private const string UnsampledParent = "00-6a6f62732d7761726d2d75702d6a6f62-7761726d2d757020-00";

    private static readonly QueueName Queue = new(Name);
    private static readonly JobId Id = JobId.FromName(Queue, Name);

    private readonly TaskCompletionSource _runs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Returns when the node has stopped.</summary>
    internal async Task RunAsync()
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var node = new SiloNode(Describe().BuildSettings(services) with { MeterName = $"{JobsMetrics.MeterName}.{Name}" });
        node.Connect(new NoCalls());
        var partition = await node.OpenAsync(new PartitionKey(Queue, 0), static _ => { }, CancellationToken.None).ConfigureAwait(false);
        await EnqueueAsync(node, partition).ConfigureAwait(false);
        await _runs.Task.ConfigureAwait(false);
        await WatchAsync(node, partition).ConfigureAwait(false);
        await ReportAsync(node, partition).ConfigureAwait(false);
        await StopAsync(node, partition).ConfigureAwait(false);
    }

    private JobsBuilder Describe()
    {
        var builder = new JobsBuilder { WorkerName = Name };
        builder.UseInMemory().Queue(Queue, options => options.Partitions = 1).Handle(TaskDefinition.Create<int>(Name), (_, _) =>
        {
            _runs.TrySetResult();
            return _mayEnd.Task;
        });
        return builder;
    }

    private async Task EnqueueAsync(SiloNode node, HostedPartition partition)
    {
        var job = new NewJobMessage
        {
            Id = Id,
            Task = Name,
            Payload = "0"u8.ToArray(),
            Options = new JobOptionsMessage { TraceParent = UnsampledParent },
        };
        var request = new EnqueueRequest { Queue = Queue, Partition = 0, Jobs = [job] };
        var reply = await node.EnqueueAsync(partition, Sent(request with { Others = [request] }), CancellationToken.None).ConfigureAwait(false);
        Sent(reply with { Others = [reply] });
    }

    private async Task WatchAsync(SiloNode node, HostedPartition partition)
    {
        Sent(await node.Watches.WatchAsync(new WatchRequest { Watcher = new Nobody(), Jobs = [Id], Again = [] }).ConfigureAwait(false));
        var job = (await node.FindAsync(partition, Id).ConfigureAwait(false))!;
        Sent(new WatchReply { Ended = [job], Missing = [Id] });
    }

    private async Task ReportAsync(SiloNode node, HostedPartition partition)
    {
        var job = (await node.Store.FindAsync(Id, CancellationToken.None).ConfigureAwait(false))!;
        var held = new HeldJob(new JobDelivery(Id, job.Deliveries), job.RunAt);
        Sent(new HeldJobs(Name, Name, null, 1, [held]).ToMessage()).ToHeld();
        var report = new WorkerReport { Worker = Name, Number = 1, Offer = new WorkerOffer(Name, [Name], null, null), Running = [held.Delivery] };
        var orders = await node.ExchangeAsync(partition, Sent(report.ToMessage()).ToReport()).ConfigureAwait(false);
        Sent((orders with { Jobs = [job] }).ToMessage()).ToOrders();
    }

    private async Task StopAsync(SiloNode node, HostedPartition partition)
    {
        await node.StopTakingAsync().ConfigureAwait(false);
        var leaves = Task.WhenAll(node.WhenIdleAsync(partition, CancellationToken.None), node.DrainAsync(CancellationToken.None));
        _mayEnd.SetResult();
        await leaves.ConfigureAwait(false);
        await node.CloseAsync(partition).ConfigureAwait(false);
        await node.ReleaseAsync().ConfigureAwait(false);
    }

    private T Sent<T>(T message)
        where T : class => (T)serializer.Deserialize<object>(serializer.SerializeToArray<object>(message))!;

    /// <summary>Waits for the job, and has no use for its end.</summary>
    private sealed class Nobody : IJobWatcher
    {
        public Task EndedAsync(JobSnapshot[] jobs) => Task.CompletedTask;

        public Task EndedLastAsync(JobSnapshot[] jobs) => Task.CompletedTask;

        public Task AskAgainAsync(JobId[] jobs) => Task.CompletedTask;
    }
}
