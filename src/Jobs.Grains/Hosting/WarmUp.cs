using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Node;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Grains.Hosting;

/// <summary>
/// Has the runtime compile, before the silo is a member, what a partition needs to be opened, to run a job and to be closed. Else the first partition
/// that comes to a new silo stands still for as long as that takes, which is a second or two on a small machine, and it comes from a silo that stops or
/// is dead. It runs once in a process, on a store in memory; the silo's own store does what it needs by itself. Neither the meter nor the log hears of it.
/// </summary>
internal static class WarmUp
{
    private const string Name = "warm-up";

    /// <summary>A parent that is not sampled, so that what runs is not either.</summary>
    private const string UnsampledParent = "00-6a6f62732d7761726d2d75702d6a6f62-7761726d2d757020-00";

    /// <summary>If it takes so long something is wrong, and the silo is to start all the same.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private static readonly Lazy<Task> Once = new(() => Task.Run(RunJobAsync));

    /// <summary>Returns when the code and the store are warm, when that has failed, or when it takes too long.</summary>
    internal static async Task RunAsync(SiloNode node, CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(Once.Value, node.Store.WarmUpAsync(cancellation).AsTask()).WaitAsync(Longest, TimeProvider.System, cancellation)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            GrainsLog.NotWarm(node.Settings.Log, e);
        }
    }

    /// <summary>Runs one job from its enqueue to its end on a partition that is opened for it.</summary>
    internal static async Task RunJobAsync()
    {
        var queue = new QueueName(Name);
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = new JobsBuilder { WorkerName = Name };
        builder.UseInMemory().Queue(queue, options => options.Partitions = 1).Handle(TaskDefinition.Create<int>(Name), (_, _) =>
        {
            ran.TrySetResult();
            return Task.CompletedTask;
        });
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var node = new SiloNode(builder.BuildSettings(services) with { MeterName = $"{JobsMetrics.MeterName}.{Name}" });
        node.Connect(new NoCalls());
        var partition = await node.OpenAsync(new PartitionKey(queue, 0), static _ => { }, CancellationToken.None).ConfigureAwait(false);
        await node.EnqueueAsync(partition, OneJob(queue), CancellationToken.None).ConfigureAwait(false);
        await ran.Task.ConfigureAwait(false);
        await node.SettleAsync([partition]).ConfigureAwait(false);
        await node.CloseAsync(partition).ConfigureAwait(false);
    }

    private static EnqueueRequest OneJob(QueueName queue)
    {
        var job = new NewJobMessage
        {
            Id = JobId.FromName(queue, Name),
            Task = Name,
            Payload = "0"u8.ToArray(),
            Options = new JobOptionsMessage { TraceParent = UnsampledParent },
        };
        return new EnqueueRequest { Queue = queue, Partition = 0, Jobs = [job] };
    }
}
