using Jobs.Grains.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Jobs.Grains.Placement;

/// <summary>
/// Places a grain where it belongs, or where it is sent to. When a silo is killed, the one that takes its place is often there before the cluster
/// knows of the death; its code is cold, so it gets its part later.
/// </summary>
internal sealed class EvenPlacementDirector(GrainPlaces places, SiloMembers members, GrainTimes times) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint) return Task.FromResult(hint);
        if (silos.Length == 0) throw new SiloUnavailableException($"No silo can have the grain {target.GrainIdentity}.");
        return Task.FromResult(places.Of(target.GrainIdentity, members.PreferSettled(members.PreferStaying(silos), times.Settling)));
    }
}
