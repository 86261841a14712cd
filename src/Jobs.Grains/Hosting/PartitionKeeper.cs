using System.Collections.Concurrent;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Node;
using Jobs.Grains.Schedules;
using Orleans;
using Orleans.Runtime;

namespace Jobs.Grains.Hosting;

/// <summary>
/// Touches every partition that has work, and the grains of the schedules, when the members of the cluster change, so that a takeover does not
/// wait for traffic. Behind it are reminders, for when that fails: this silo's partitions have one while they have work.
/// </summary>
internal sealed class PartitionKeeper(
    SiloNode node, IGrainFactory grains, IClusterMembershipService membership, NodeSchedules schedules, GrainTimes times)
{
    private const int MaxTries = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, bool> _waking = new();
    private readonly ConcurrentDictionary<SiloAddress, bool> _dead = new();

    /// <summary>Runs until it is cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var sweeping = TimeProvider.System.CreateTimer(_ => SweepAsync().Ignore(), null, times.ReminderSweep, times.ReminderSweep);
        try
        {
            // An update comes whenever the members are read, mostly without a change.
            MembershipVersion? known = null;
            await foreach (var members in membership.MembershipUpdates.WithCancellation(cancellation).ConfigureAwait(false))
            {
                TellOfWorkers(members);
                await WakePartitionsAsync(cancellation).WaitAsync(cancellation).ConfigureAwait(false);
                if (known == members.Version) continue;
                if (await WakeSchedulesAsync().WaitAsync(cancellation).ConfigureAwait(false)) known = members.Version;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    /// <summary>A dead silo's worker is dead too; a new silo may have handlers that are wanted.</summary>
    private void TellOfWorkers(ClusterMembershipSnapshot members)
    {
        foreach (var member in members.Members.Values)
        {
            if (member.Status is SiloStatus.Dead && _dead.TryAdd(member.SiloAddress, true)) node.WorkerDied(member.SiloAddress.ToParsableString());
        }

        node.CallAgain();
    }

    /// <summary>
    /// A registration is dear, so a partition gets its reminder when it has had work for a while, and loses it when it has had none for a
    /// while; what a crash leaves behind before is found by the keepers of the others.
    /// </summary>
    private async Task SweepAsync()
    {
        foreach (var hosted in node.Hosted)
        {
            try
            {
                if (hosted.IsReminderDue()) await hosted.KeepReminderAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                GrainsLog.ReminderFailed(node.Settings.Log, e, hosted.Key.ToString());
            }
        }
    }

    /// <summary>Reads which partitions have work, and does not wait until they are awake: one may hang until the next change is known.</summary>
    private async Task WakePartitionsAsync(CancellationToken cancellation)
    {
        try
        {
            var stored = await node.Store.ListPartitionsAsync(CancellationToken.None).ConfigureAwait(false);
            foreach (var partition in stored) _ = WakeAsync(PartitionKeys.Of(partition.Queue, partition.Number), cancellation);
        }
        catch (Exception e)
        {
            GrainsLog.KeeperFailed(node.Settings.Log, e);
        }
    }

    private async Task<bool> WakeSchedulesAsync()
    {
        try
        {
            await schedules.WakeAllAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception e)
        {
            GrainsLog.KeeperFailed(node.Settings.Log, e);
            return false;
        }
    }

    /// <summary>Has somebody serve a partition.</summary>
    internal Task WakeAsync(PartitionKey partition) => WakeAsync(PartitionKeys.Of(partition.Queue, partition.Number), CancellationToken.None);

    /// <summary>
    /// Tries again for a while: a call may still go to a silo that is gone, and nobody else may ever call this partition. One that is tried
    /// already is left to that.
    /// </summary>
    private async Task WakeAsync(string partition, CancellationToken cancellation)
    {
        if (!_waking.TryAdd(partition, true)) return;
        try
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    await grains.GetGrain<IQueuePartition>(partition).WakeAsync().ConfigureAwait(false);
                    return;
                }
                catch (Exception) when (tries < MaxTries)
                {
                    await Task.Delay(Pause, TimeProvider.System, cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e)
        {
            if (!cancellation.IsCancellationRequested) GrainsLog.WakeFailed(node.Settings.Log, e, partition);
        }
        finally
        {
            _waking.TryRemove(partition, out _);
        }
    }
}
