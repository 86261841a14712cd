using Orleans;
using Orleans.Runtime;

namespace Jobs.Grains.Placement;

/// <summary>Spreads a queue's partitions, and the shards of schedules, evenly over the silos that stay.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.EvenPlacement")]
internal sealed class EvenPlacement : PlacementStrategy;
