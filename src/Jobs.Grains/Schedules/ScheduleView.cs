using Jobs.Core;

namespace Jobs.Grains.Schedules;

/// <summary>Some of the schedules of a store, for a runner that looks after those only.</summary>
internal abstract class ScheduleView(IScheduleStore store) : IScheduleStore
{
    protected const int PageSchedules = 500;

    protected IScheduleStore Store => store;

    public async ValueTask<IReadOnlyList<ScheduleRecord>> ListSchedulesAsync(ScheduleId? after, int maxSchedules, CancellationToken cancellation)
    {
        var found = new List<ScheduleRecord>();
        while (true)
        {
            var page = await store.ListSchedulesAsync(after, PageSchedules, cancellation).ConfigureAwait(false);
            foreach (var schedule in page)
            {
                if (IsIn(schedule)) found.Add(schedule);
                if (found.Count == maxSchedules) return found;
            }

            if (page.Count < PageSchedules) return found;
            after = page[^1].Id;
        }
    }

    public abstract ValueTask<IReadOnlyDictionary<ScheduleId, long>> ListScheduleVersionsAsync(CancellationToken cancellation);

    public async ValueTask<ScheduleRecord?> FindScheduleAsync(ScheduleId id, CancellationToken cancellation) =>
        await store.FindScheduleAsync(id, cancellation).ConfigureAwait(false) is { } schedule && IsIn(schedule) ? schedule : null;

    public ValueTask<bool> SaveScheduleAsync(ScheduleRecord schedule, long? expectedVersion, CancellationToken cancellation) =>
        store.SaveScheduleAsync(schedule, expectedVersion, cancellation);

    public ValueTask<bool> DeleteScheduleAsync(ScheduleId id, long expectedVersion, CancellationToken cancellation) =>
        store.DeleteScheduleAsync(id, expectedVersion, cancellation);

    /// <summary>Whether a schedule is one of them.</summary>
    internal abstract bool IsIn(ScheduleRecord schedule);
}
