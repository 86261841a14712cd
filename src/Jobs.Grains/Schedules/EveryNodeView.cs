using Jobs.Core;

namespace Jobs.Grains.Schedules;

/// <summary>The schedules that fire on every silo.</summary>
internal sealed class EveryNodeView(IScheduleStore store) : ScheduleView(store)
{
    public override async ValueTask<IReadOnlyDictionary<ScheduleId, long>> ListScheduleVersionsAsync(CancellationToken cancellation)
    {
        // A version does not say whose it is, and that of a schedule which fires changes all the time; so all are read, which is rare.
        var versions = new Dictionary<ScheduleId, long>();
        ScheduleId? after = null;
        while (true)
        {
            var page = await ListSchedulesAsync(after, PageSchedules, cancellation).ConfigureAwait(false);
            foreach (var schedule in page) versions[schedule.Id] = schedule.Version;
            if (page.Count < PageSchedules) return versions;
            after = page[^1].Id;
        }
    }

    internal override bool IsIn(ScheduleRecord schedule) => schedule.Definition.Scope is ScheduleScope.EveryNode;
}
