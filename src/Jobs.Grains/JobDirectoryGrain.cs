using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Hosting;
using Jobs.Grains.Node;
using Jobs.Grains.Schedules;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Jobs.Grains;

/// <inheritdoc cref="IJobDirectory"/>
[StatelessWorker]
[Reentrant]
internal sealed partial class JobDirectoryGrain(SiloNode node, ClusterScheduleHost schedules, NodeServiceClient nodes, WorkerCensus workers)
    : Grain, IJobDirectory
{
    public Task<QueueDescription> DescribeQueueAsync(QueueName queue) => Task.FromResult(Describe(queue));

    public async Task<QueueDescription?> FindQueueAsync(JobId id)
    {
        foreach (var queue in node.QueueOptions.Keys.Append(QueueName.Default))
        {
            if (queue.Hash == id.QueueHash) return Describe(queue);
        }

        return await node.Store.FindAnywhereAsync(id, CancellationToken.None) is { } job ? Describe(job.Terms.Queue) : null;
    }

    public async Task<EnqueueReply> EnqueueAcrossAsync(EnqueueRequest[] requests, CancellationToken cancellation)
    {
        node.Plan.CheckBatch(requests);
        if (requests.Any(IdReuse.ReplacesAny)) return await EnqueueReusedAsync(requests, cancellation);
        try
        {
            return await EnqueueAcrossAsync(requests, null, cancellation);
        }
        catch (DuplicateJobException taken) when (requests.Any(request => IdReuse.IsReusable(request, taken.Id)))
        {
            return await EnqueueReusedAsync(requests, cancellation);
        }
    }

    public async Task<JobSnapshot[]> ListAsync(JobQueryMessage query)
    {
        await ShowStartsAsync(query.Queue);
        var jobs = await node.Store.ListAsync(query.ToQuery(), node.Clock.GetUtcNow(), CancellationToken.None);
        return [.. jobs.Select(node.Show)];
    }

    public async Task<JobCounts> CountAsync(QueueName? queue)
    {
        await ShowStartsAsync(queue);
        return await node.Store.CountAsync(queue, node.Clock.GetUtcNow(), CancellationToken.None);
    }

    public async Task<ScheduleSnapshot?> FindScheduleAsync(ScheduleId id, int upcomingTimes) =>
        (await schedules.Store.FindScheduleAsync(id, CancellationToken.None))?.ToSnapshot(node.Clock.GetUtcNow(), upcomingTimes);

    public async Task<ScheduleSnapshot[]> ListSchedulesAsync(ScheduleId? after, int pageSchedules, int upcomingTimes)
    {
        var page = await schedules.Store.ListSchedulesAsync(after, pageSchedules, CancellationToken.None);
        var now = node.Clock.GetUtcNow();
        return [.. page.Select(schedule => schedule.ToSnapshot(now, upcomingTimes))];
    }

    public async Task<Pause> PauseAsync(PauseTarget target, string? reason, string? by)
    {
        var (checkedReason, checkedBy) = (node.Plan.RequireKey(nameof(reason), reason), node.Plan.RequireKey(nameof(JobRequest.User), by));
        return await Pauses.PauseAsync(target, checkedReason, checkedBy, CancellationToken.None);
    }

    public async Task<bool> ResumeAsync(PauseTarget target) => await Pauses.ResumeAsync(target, CancellationToken.None);

    public async Task<Pause[]> ListPausesAsync() => [.. await Pauses.ListAsync(CancellationToken.None)];

    public async Task<RunLimitInfo> SetLimitAsync(RunLimit limit, string? by) =>
        await Limits.SetAsync(limit, node.Plan.RequireKey(nameof(JobRequest.User), by), CancellationToken.None);

    public async Task<bool> RemoveLimitAsync(string name) => await Limits.RemoveAsync(name, CancellationToken.None);

    public async Task<RunLimitInfo[]> ListLimitsAsync() => [.. await Limits.ListAsync(CancellationToken.None)];

    private PauseBook Pauses => new(node.SettingStore, node.Clock, RefreshAllAsync);

    private LimitBook Limits => new(node.SettingStore, node.Clock, RefreshAllAsync);

    /// <summary>Has every silo go by the settings as they are stored now.</summary>
    private async ValueTask<IReadOnlyList<StoredSetting>> RefreshAllAsync(CancellationToken cancellation)
    {
        await nodes.TellAllAsync("the settings", static silo => silo.RefreshSettingsAsync());
        return await node.RefreshSettingsAsync(cancellation);
    }

    /// <summary>Only partitions with unfinished jobs can have running ones.</summary>
    private async Task ShowStartsAsync(QueueName? queue)
    {
        var stored = await node.Store.ListPartitionsAsync(CancellationToken.None);
        await Task.WhenAll(stored.Where(p => queue is null || p.Queue == queue).Select(p => Partition(p.Queue, p.Number).ShowStartsAsync()));
    }

    private static async Task SettleAsync(IQueuePartition partition, long number, EnqueueReply? reply)
    {
        try
        {
            await partition.SettleAsync(number, reply);
        }
        catch (Exception e) when (e is PartitionMovedException or OrleansException or TimeoutException)
        {
            // Its next owner reads what is committed; one that is still there takes itself over when nobody tells it.
        }
    }

    private QueueDescription Describe(QueueName queue) => new() { Queue = queue, Partitions = node.OptionsOf(queue).Partitions };

    private IQueuePartition Partition(QueueName queue, int number) => GrainFactory.GetGrain<IQueuePartition>(PartitionKeys.Of(queue, number));
}
