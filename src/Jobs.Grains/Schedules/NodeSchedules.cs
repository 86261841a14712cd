using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Hosting;
using Jobs.Grains.Node;
using Orleans;

namespace Jobs.Grains.Schedules;

/// <summary>
/// A silo's part of the schedules: it stores what its code declares, fires what fires on every silo, and says before records are pruned
/// whether all schedules of the cluster have taken note of their jobs.
/// </summary>
internal sealed class NodeSchedules(
    SiloNode node, ClusterScheduleHost host, IGrainFactory grains, NodeServiceClient nodes) : IAsyncDisposable
{
    private ScheduleRunner? _own;

    /// <summary>Starts firing what fires on every silo.</summary>
    internal async Task StartAsync(CancellationToken cancellation)
    {
        if (node.Store.Schedules is not { } store)
        {
            if (node.Settings.Schedules.Count > 0) _ = host.Store;
            return;
        }

        await DeclareAsync(cancellation).ConfigureAwait(false);
        if (!node.Settings.RunsJobs || !node.Settings.ScheduleOptions.FiresSchedules) return;
        _own = host.RunnerOf(new EveryNodeView(store));
        _own.Wake();
    }

    /// <summary>Wakes the grains that have schedules.</summary>
    internal async Task WakeAllAsync()
    {
        if (node.Store.Schedules is not { } store) return;
        var versions = await store.ListScheduleVersionsAsync(CancellationToken.None).ConfigureAwait(false);
        await Task.WhenAll(versions.Keys.Select(ScheduleShards.Of).Distinct().Select(shard => Shard(shard).WakeAsync())).ConfigureAwait(false);
    }

    /// <summary>Whether every occurrence that is due has its job, and this is written, so that no record is needed to find that out.</summary>
    internal async Task<bool> AreSettledAsync()
    {
        if (node.Store.Schedules is not { } store) return true;
        if (_own is { } own && !await own.LookAsync().ConfigureAwait(false)) return false;
        var versions = await store.ListScheduleVersionsAsync(CancellationToken.None).ConfigureAwait(false);
        var shards = versions.Keys.Select(ScheduleShards.Of).Distinct();
        return (await Task.WhenAll(shards.Select(shard => Shard(shard).SettleAsync())).ConfigureAwait(false)).All(isSettled => isSettled);
    }

    /// <summary>Tells all silos of a schedule that was written or removed; one that does not hear of it finds out when it reads them all.</summary>
    internal Task TellAllAsync(ScheduleId id) => nodes.TellAllAsync($"the schedule {id}", silo => silo.NoticeScheduleAsync(id));

    /// <summary>Takes note of a schedule that was written or removed.</summary>
    internal async Task NoticeAsync(ScheduleId id)
    {
        if (_own is not { } own) return;
        if (await host.Store.FindScheduleAsync(id, CancellationToken.None).ConfigureAwait(false) is { Definition.Scope: ScheduleScope.EveryNode } stored)
            own.Notice(stored);
        else
            own.Forget(id);
    }

    public async ValueTask DisposeAsync()
    {
        if (_own is { } own) await own.DisposeAsync().ConfigureAwait(false);
    }

    private async Task DeclareAsync(CancellationToken cancellation)
    {
        var written = new List<ScheduleRecord>();
        var book = host.BookOf(written.Add);
        foreach (var declare in node.Settings.Schedules)
        {
            var (definition, hash) = declare.Make(node.Settings.Codec);
            node.Plan.Check(definition);
            var stored = await book.DeclareAsync(definition, hash, cancellation).ConfigureAwait(false);
            if (stored.Next is null && stored.Runs == 0) ScheduleLog.NeverFires(node.Settings.Log, definition.Id);
        }

        foreach (var schedule in written)
        {
            try
            {
                await Shard(ScheduleShards.Of(schedule.Id)).NoticeAsync(schedule.Id).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // The schedule is stored; its grain finds it when it reads them all.
                GrainsLog.NotTold(node.Settings.Log, e, "a schedule's grain", $"the schedule {schedule.Id}");
            }
        }
    }

    private ISchedules Shard(int shard) => grains.GetGrain<ISchedules>(shard);
}
