using Jobs.Grains.Node;
using Jobs.Grains.Placement;
using Orleans.Runtime;

namespace Jobs.Grains.Hosting;

/// <summary>
/// Sends what belongs to another silo there when the members have not changed for a while: a silo that has joined gets its part, and one that
/// starts and ends again and again gets nothing. A partition moves when none of its jobs runs; for that it hands out none for a moment.
/// </summary>
internal sealed class PartitionBalancer(
    SiloNode node, SiloMembers members, GrainPlaces places, PartitionHandover handover, IClusterMembershipService membership, GrainTimes times)
{
    private const int MaxMovesAtOnce = 4;

    /// <summary>How long a partition hands nothing out so that it can move; if something still runs then, it is tried again later.</summary>
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(1);

    private int _isBalancing;

    /// <summary>Runs until it is cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = TimeProvider.System.CreateTimer(
            _ => BalanceAsync(cancellation).Ignore(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            await foreach (var _ in membership.MembershipUpdates.WithCancellation(cancellation).ConfigureAwait(false))
            {
                members.NoteMembers();
                timer.Change(times.Settling, times.Balancing);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task BalanceAsync(CancellationToken cancellation)
    {
        if (members.IsLeaving || Interlocked.Exchange(ref _isBalancing, 1) == 1) return;
        try
        {
            var bounds = new ParallelOptions { MaxDegreeOfParallelism = MaxMovesAtOnce, CancellationToken = cancellation };
            await Parallel.ForEachAsync(Misplaced(), bounds, async (move, stop) => await MoveAsync(move.Grain, move.Partition, move.To, stop)
                .ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (!cancellation.IsCancellationRequested) GrainsLog.BalancingFailed(node.Settings.Log, e);
        }
        finally
        {
            Volatile.Write(ref _isBalancing, 0);
        }
    }

    private async Task MoveAsync(IGrainContext grain, HostedPartition? partition, SiloAddress to, CancellationToken cancellation)
    {
        if (!members.IsLeaving) await handover.TryMoveAsync(grain, partition, to, QuietTime, cancellation).ConfigureAwait(false);
    }

    private List<(IGrainContext Grain, HostedPartition? Partition, SiloAddress To)> Misplaced()
    {
        var moves = new List<(IGrainContext, HostedPartition?, SiloAddress)>();
        foreach (var kind in handover.Here.GroupBy(pair => pair.Key.GrainId.Type))
        {
            var staying = members.StayingFor(kind.Key);
            if (!staying.Contains(members.Self)) continue;
            List<KeyValuePair<IGrainContext, HostedPartition?>> grains = [.. kind];
            var belongs = places.Of([.. grains.Select(pair => pair.Key.GrainId)], staying);
            for (var i = 0; i < grains.Count; i++)
            {
                if (!belongs[i].Equals(members.Self)) moves.Add((grains[i].Key, grains[i].Value, belongs[i]));
            }
        }

        return moves;
    }
}
