using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Jobs.Grains.Placement;

/// <summary>Places a grain where it belongs, or where it is sent to.</summary>
internal sealed class EvenPlacementDirector(GrainPlaces places, SiloMembers members) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint) return Task.FromResult(hint);
        if (silos.Length == 0) throw new SiloUnavailableException($"No silo can have the grain {target.GrainIdentity}.");
        return Task.FromResult(places.Of(target.GrainIdentity, members.PreferStaying(silos)));
    }
}
