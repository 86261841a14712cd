using Jobs.Client.Workers;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Node;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Jobs.Grains.Hosting;

/// <summary>
/// Has the runtime compile, before the silo is a member, what a partition needs to be opened, to run a job and to be closed, what its messages need, and
/// what a silo needs to stop. Else the first partition that comes to a new silo stands still for as long as that takes, which is a second or two on a small machine, and it
/// comes from a silo that stops or is dead; and so do the partitions of a silo that stops. It runs once in a process, on a store in memory; the silo's own store does what it needs by itself. Neither the meter nor the log hears of it.
/// </summary>
internal static class WarmUp
{
    private const string Name = "warm-up";

    /// <summary>A parent that is not sampled, so that what runs is not either.</summary>
    private const string UnsampledParent = "00-6a6f62732d7761726d2d75702d6a6f62-7761726d2d757020-00";

    /// <summary>If it takes so long something is wrong, and the silo is to start all the same.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private static Task? _once;

    /// <summary>Returns when the code and the store are warm, when that has failed, or when it takes too long.</summary>
    internal static async Task RunAsync(SiloNode node, Serializer serializer, CancellationToken cancellation)
    {
        try
        {
            var once = LazyInitializer.EnsureInitialized(ref _once, () => Task.Run(() => RunJobAsync(serializer), CancellationToken.None));
            await Task.WhenAll(once, node.Store.WarmUpAsync(cancellation).AsTask()).WaitAsync(Longest, TimeProvider.System, cancellation)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            GrainsLog.NotWarm(node.Settings.Log, e);
        }
    }

    /// <summary>Runs one job from its enqueue to its end on a partition that is opened for it, on a node that is told to stop while it runs.</summary>
    internal static async Task RunJobAsync(Serializer serializer)
    {
        var queue = new QueueName(Name);
        var id = JobId.FromName(queue, Name);
        var runs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = new JobsBuilder { WorkerName = Name };
        builder.UseInMemory().Queue(queue, options => options.Partitions = 1).Handle(TaskDefinition.Create<int>(Name), (_, _) =>
        {
            runs.TrySetResult();
            return mayEnd.Task;
        });
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var node = new SiloNode(builder.BuildSettings(services) with { MeterName = $"{JobsMetrics.MeterName}.{Name}" });
        node.Connect(new NoCalls());
        var partition = await node.OpenAsync(new PartitionKey(queue, 0), static _ => { }, CancellationToken.None).ConfigureAwait(false);
        var request = OneJob(queue, id);
        var reply = await node.EnqueueAsync(partition, Sent(request with { Others = [request] }), CancellationToken.None).ConfigureAwait(false);
        Sent(reply with { Others = [reply] });
        await runs.Task.ConfigureAwait(false);
        Sent(await node.Watches.WatchAsync(new WatchRequest { Watcher = Nobody.Instance, Jobs = [id], Again = [] }).ConfigureAwait(false));
        Sent(new WatchReply { Ended = [(await node.FindAsync(partition, id).ConfigureAwait(false))!], Missing = [id] });
        await ReportAsync().ConfigureAwait(false);
        await node.StopTakingAsync().ConfigureAwait(false);
        var leaves = Task.WhenAll(node.WhenIdleAsync(partition, CancellationToken.None), node.DrainAsync(CancellationToken.None));
        mayEnd.SetResult();
        await leaves.ConfigureAwait(false);
        await node.CloseAsync(partition).ConfigureAwait(false);
        await node.ReleaseAsync().ConfigureAwait(false);

        T Sent<T>(T message)
            where T : class => (T)serializer.Deserialize<object>(serializer.SerializeToArray<object>(message))!;

        async Task ReportAsync()
        {
            var job = (await node.Store.FindAsync(id, CancellationToken.None).ConfigureAwait(false))!;
            var held = new HeldJob(new JobDelivery(id, job.Deliveries), job.RunAt);
            Sent(new HeldJobs(Name, Name, null, 1, [held]).ToMessage()).ToHeld();
            var report = Sent(new WorkerReport { Worker = Name, Number = 1, Offer = new WorkerOffer(Name, [Name], null, null), Running = [held.Delivery] }.ToMessage());
            var orders = await node.ExchangeAsync(partition, report.ToReport()).ConfigureAwait(false);
            Sent((orders with { Jobs = [job] }).ToMessage()).ToOrders();
        }
    }

    private static EnqueueRequest OneJob(QueueName queue, JobId id)
    {
        var job = new NewJobMessage
        {
            Id = id,
            Task = Name,
            Payload = "0"u8.ToArray(),
            Options = new JobOptionsMessage { TraceParent = UnsampledParent },
        };
        return new EnqueueRequest { Queue = queue, Partition = 0, Jobs = [job] };
    }

    /// <summary>Waits for the job, and has no use for its end.</summary>
    private sealed class Nobody : IJobWatcher
    {
        internal static Nobody Instance { get; } = new();

        public Task EndedAsync(JobSnapshot[] jobs) => Task.CompletedTask;

        public Task EndedLastAsync(JobSnapshot[] jobs) => Task.CompletedTask;

        public Task AskAgainAsync(JobId[] jobs) => Task.CompletedTask;
    }
}
