using Jobs.Grains.Contracts;
using Jobs.Grains.Node;
using Orleans.Runtime;

namespace Jobs.Grains.Placement;

/// <summary>Where the grains of partitions and of schedules belong.</summary>
internal sealed class GrainPlaces(SiloNode node)
{
    private const string Schedules = "schedules/";

    /// <summary>The silo, of some, that a grain belongs to.</summary>
    internal SiloAddress Of(GrainId grain, IReadOnlyCollection<SiloAddress> silos) => Of([grain], silos)[0];

    /// <summary>The silos that some grains belong to.</summary>
    internal IReadOnlyList<SiloAddress> Of(IReadOnlyList<GrainId> grains, IReadOnlyCollection<SiloAddress> silos)
    {
        SiloAddress[] sorted = [.. silos.Order()];
        uint[] members = [.. sorted.Select(silo => (uint)silo.GetConsistentHashCode())];
        var spreads = new Dictionary<string, int[]>();
        var found = new SiloAddress[grains.Count];
        for (var i = 0; i < found.Length; i++)
        {
            var (whole, part, parts) = PartOf(grains[i]);
            if (!spreads.TryGetValue(whole, out var spread))
                spreads.Add(whole, spread = EvenSpread.Assign(PartitionKeys.StableHash(whole), parts, members));
            found[i] = sorted[spread[part]];
        }

        return found;
    }

    /// <summary>What a grain is a part of, which part, and of how many. A partition beyond its queue's number is a leftover of another one.</summary>
    private (string Whole, int Part, int Parts) PartOf(GrainId grain)
    {
        var key = grain.Key.ToString()!;
        if (!key.Contains('/', StringComparison.Ordinal)) return (Schedules, (int)grain.GetIntegerKey(), ScheduleShards.Count);
        var (queue, number) = PartitionKeys.Parse(key);
        return (queue.Value, number, Math.Max(node.OptionsOf(queue).Partitions, number + 1));
    }
}
