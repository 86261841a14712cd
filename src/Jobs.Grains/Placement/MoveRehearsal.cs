using Jobs.Grains.Hosting;
using Jobs.Grains.Node;
using Orleans;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Jobs.Grains.Placement;

/// <summary>
/// Sends a grain to another silo, and has one sent from there, when a silo has come, so that the runtime of both has compiled what that takes. Else the
/// first partitions that move, which is when a silo stops, stand still for as long as that takes. It runs once in a process, when there is another silo.
/// </summary>
internal sealed class MoveRehearsal(SiloNode node, SiloMembers members, IGrainFactory grains)
{
    /// <summary>If it takes so long something is wrong, and the silo is to start all the same.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private static int _isDone;

    /// <summary>Returns when it is over, when it has failed, or when it takes too long.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        if (Other() is not { } other || Interlocked.Exchange(ref _isDone, 1) == 1) return;
        try
        {
            await Task.WhenAll(MoveAsync(members.Self, other), MoveAsync(other, members.Self)).WaitAsync(Longest, TimeProvider.System, cancellation)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            GrainsLog.NotWarm(node.Settings.Log, e);
        }
    }

    /// <summary>
    /// Has a grain made at one silo and sent to another one; the result is where it was. There are two of them for there and back: a grain that goes back
    /// while its first move ends holds up all moves between the two, because each silo waits for what the other one has of it to end.
    /// </summary>
    internal async Task<(SiloAddress First, SiloAddress Last)> MoveAsync(SiloAddress from, SiloAddress to)
    {
        var grain = grains.GetGrain<IRehearsal>($"{from} {to}");
        RequestContext.Set(IPlacementDirector.PlacementHintKey, from);
        var first = await grain.GoAsync(to).ConfigureAwait(false);
        RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        return (first, await grain.EndAsync().ConfigureAwait(false));
    }

    private SiloAddress? Other() =>
        members.StayingFor(grains.GetGrain<IRehearsal>($"{members.Self}").GetGrainId().Type).Where(silo => !silo.Equals(members.Self)).Order().FirstOrDefault();
}
