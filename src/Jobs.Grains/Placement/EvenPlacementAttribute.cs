using Orleans.Placement;

namespace Jobs.Grains.Placement;

/// <summary>Marks a grain that is placed by <see cref="EvenPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class EvenPlacementAttribute() : PlacementAttribute(new EvenPlacement());
