using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Grains.Schedules;

/// <summary>The schedules of one shard that fire once in the cluster.</summary>
internal sealed class ShardView(IScheduleStore store, long shard) : ScheduleView(store)
{
    public override async ValueTask<IReadOnlyDictionary<ScheduleId, long>> ListScheduleVersionsAsync(CancellationToken cancellation)
    {
        // Those of every node are among them. Whoever finds one of them new reads it, and finds that it is not here.
        var all = await Store.ListScheduleVersionsAsync(cancellation).ConfigureAwait(false);
        return all.Where(version => ScheduleShards.Of(version.Key) == shard).ToDictionary(version => version.Key, version => version.Value);
    }

    internal override bool IsIn(ScheduleRecord schedule) =>
        schedule.Definition.Scope is ScheduleScope.Cluster && ScheduleShards.Of(schedule.Id) == shard;
}
