using System.Collections.Concurrent;
using System.Diagnostics;
using Jobs.Core;
using Jobs.Grains.Node;
using Jobs.Grains.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Jobs.Grains.Hosting;

/// <summary>
/// The grains of partitions and schedules on this silo, and their way to another one. Each is opened there as soon as it is closed here: what
/// calls it meanwhile waits at this silo and is sent after it. Left to itself, Orleans moves them when the silo is gone, which takes it seconds.
/// </summary>
internal sealed class PartitionHandover(SiloNode node, SiloMembers members, GrainPlaces places, PartitionKeeper keeper, GrainTimes times)
{
    /// <summary>How long a partition of a silo that stops waits for its jobs before it moves; most jobs have ended by then.</summary>
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromMilliseconds(200);

    /// <summary>How long moves may take once nothing runs here any more; what is left then goes when this silo is gone.</summary>
    private static readonly TimeSpan LongestMove = TimeSpan.FromSeconds(15);

    /// <summary>How long it is waited until whoever waits for jobs that have ended has been told.</summary>
    private static readonly TimeSpan LongestMessage = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<IGrainContext, HostedPartition?> _here = new();
    private readonly ClosingGrains _closing = new();

    /// <summary>The grains that are open here; those of schedules have no partition.</summary>
    internal IReadOnlyList<KeyValuePair<IGrainContext, HostedPartition?>> Here => [.. _here];

    internal void Add(IGrainContext grain, HostedPartition? partition = null) => _here[grain] = partition;

    internal void Remove(IGrainContext grain) => _here.TryRemove(grain, out _);

    /// <summary>A grain has closed what it has here; returns when it may go, which is with the others that leave now.</summary>
    internal Task ClosedAsync(IGrainContext grain) => _closing.EndAsync(grain);

    /// <summary>
    /// Moves every grain to a silo that stays, and returns when they are closed here. A partition goes as soon as none of its jobs runs here, and
    /// soon anyway: it must not stand still while a long job ends, and whoever has it next is told of the end (rule I6). If no
    /// silo stays nothing moves. In the end everybody has been told who waits for what has ended here.
    /// </summary>
    /// <param name="drained">Completes when nothing runs here any more.</param>
    /// <param name="cancellation">Ends it at once.</param>
    internal async Task LeaveAsync(Task drained, CancellationToken cancellation)
    {
        node.Watches.MustArrive = true;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var rest = new CancellationTokenSource();
        var moves = Task.WhenAll(_here.Select(pair => LeaveAsync(pair.Key, pair.Value, rest.Token, over.Token)));
        await drained.ConfigureAwait(false);
        await rest.CancelAsync().ConfigureAwait(false);
        try
        {
            await moves.WaitAsync(LongestMove, TimeProvider.System, over.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            GrainsLog.HandoverOverdue(node.Settings.Log, _here.Count);
            await over.CancelAsync().ConfigureAwait(false);
        }

        // What is left is served until the grains end; but a call that waits for room would keep its grain for as long.
        foreach (var partition in _here.Values) partition?.Queue.Close();
        for (var since = Stopwatch.GetTimestamp(); !node.Watches.AreTold && Stopwatch.GetElapsedTime(since) < LongestMessage;)
            await Task.Delay(LookAgain, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Moves a grain while this silo stays; false if its jobs do not leave it in time.</summary>
    internal async Task<bool> TryMoveAsync(IGrainContext grain, HostedPartition? partition, SiloAddress to, TimeSpan quietTime, CancellationToken cancellation)
    {
        if (partition is not null)
        {
            partition.IsQuiet = true;
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            enough.CancelAfter(quietTime);
            if (!await node.WhenIdleAsync(partition, enough.Token).ConfigureAwait(false))
            {
                partition.IsQuiet = false;
                return false;
            }
        }

        // Once begun it is not taken back, not even when this silo is told to stop: the partition would be left to whoever touches it next.
        await MoveAsync(grain, partition, to, CancellationToken.None).WaitAsync(LongestMove, TimeProvider.System, cancellation).ConfigureAwait(false);
        return true;
    }

    private async Task LeaveAsync(IGrainContext grain, HostedPartition? partition, CancellationToken drained, CancellationToken cancellation)
    {
        if (partition is not null)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(drained);
            enough.CancelAfter(LongestStandstill);
            await node.WhenIdleAsync(partition, enough.Token).ConfigureAwait(false);
        }

        var staying = members.PreferSettled(members.StayingFor(grain.GrainId.Type), times.Settling);
        if (staying.Count == 0 || cancellation.IsCancellationRequested) return;
        await MoveAsync(grain, partition, places.Of(grain.GrainId, staying), cancellation).ConfigureAwait(false);
    }

    private async Task MoveAsync(IGrainContext grain, HostedPartition? partition, SiloAddress to, CancellationToken cancellation)
    {
        // Those who wait are told of every end that was reported here.
        if (partition is not null) await node.SettleAsync([partition]).ConfigureAwait(false);
        _closing.Begin(grain);
        grain.Migrate(new Dictionary<string, object> { [IPlacementDirector.PlacementHintKey] = to }, cancellation);

        // A grain ends when no call is open, and those that wait for room would be open for long. They are made again, and led to the new place.
        partition?.Leave();
        await grain.Deactivated.ConfigureAwait(false);

        // One that was about to end anyway has been closed before it was told.
        _closing.EndAsync(grain).Ignore();

        // It is opened there after that, and asks this silo what runs; or somebody else has to open it.
        if (partition is not null) await keeper.WakeAsync(partition.Key).ConfigureAwait(false);
    }
}
