namespace Jobs.Grains.Contracts;

/// <summary>Which grain looks after a schedule.</summary>
internal static class ScheduleShards
{
    /// <summary>
    /// How many grains share the schedules. While two versions that count differently are in one cluster, some schedules have two grains,
    /// which costs a refused write now and then and nothing else.
    /// </summary>
    internal const int Count = 16;

    internal static int Of(ScheduleId id) => (int)(PartitionKeys.StableHash(id.Value) % Count);
}
