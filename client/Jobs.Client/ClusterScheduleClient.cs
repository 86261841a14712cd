using Jobs.Grains.Contracts;
using Orleans;

namespace Jobs.Client;

/// <summary>The schedules of a cluster: changes go to the grain of a schedule's shard, questions to any silo.</summary>
internal sealed class ClusterScheduleClient(ClusterJobClient jobs, IGrainFactory grains, ClusterCalls calls, JobsClientOptions options) : IScheduleClient
{
    public IPayloadCodec Codec => options.Codec;

    private IJobDirectory Directory => grains.GetGrain<IJobDirectory>(0);

    public ValueTask<ScheduleSnapshot> AddAsync(ScheduleDefinition definition, CancellationToken cancellation = default) =>
        ChangeAsync(definition, (schedules, isRepeated) => schedules.AddAsync(definition, isRepeated), cancellation);

    public ValueTask<ScheduleSnapshot> UpsertAsync(ScheduleDefinition definition, CancellationToken cancellation = default) =>
        ChangeAsync(definition, (schedules, _) => schedules.UpsertAsync(definition), cancellation);

    public ValueTask<ScheduleSnapshot> ChangeAsync(ScheduleDefinition definition, long? version = null, CancellationToken cancellation = default) =>
        ChangeAsync(definition, (schedules, isRepeated) => schedules.ChangeAsync(definition, version, isRepeated), cancellation);

    public ValueTask<ScheduleSnapshot> PauseAsync(ScheduleId id, CancellationToken cancellation = default) =>
        ChangeAsync(id, (schedules, _) => schedules.PauseAsync(id), cancellation);

    public ValueTask<ScheduleSnapshot> ResumeAsync(ScheduleId id, CancellationToken cancellation = default) =>
        ChangeAsync(id, (schedules, _) => schedules.ResumeAsync(id), cancellation);

    public async ValueTask<JobHandle> TriggerAsync(ScheduleId id, CancellationToken cancellation = default)
    {
        var schedule = await RequireAsync(id, cancellation).ConfigureAwait(false);
        return await ScheduledJobs.TriggerAsync(jobs, schedule.Definition, options.Clock.GetUtcNow(), cancellation).ConfigureAwait(false);
    }

    public async ValueTask<int> RemoveAsync(ScheduleId id, bool withWaitingJobs = false, CancellationToken cancellation = default)
    {
        var schedule = await RequireAsync(id, cancellation).ConfigureAwait(false);
        await calls.AskAsync(
            async isRepeated =>
            {
                await Shard(id).RemoveAsync(id, isRepeated).ConfigureAwait(false);
                return true;
            },
            "remove schedules",
            cancellation).ConfigureAwait(false);
        return withWaitingJobs ? await ScheduledJobs.DeleteWaitingAsync(jobs, schedule.Definition, cancellation).ConfigureAwait(false) : 0;
    }

    public async ValueTask<ScheduleSnapshot?> FindAsync(ScheduleId id, int upcomingTimes = 1, CancellationToken cancellation = default)
    {
        ScheduledJobs.RequireBetween(nameof(ScheduleQuery.UpcomingTimes), upcomingTimes, 0, ScheduleQuery.MaxUpcomingTimes);
        return await calls.AskAsync(_ => Directory.FindScheduleAsync(id, upcomingTimes), "find schedules", cancellation).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<ScheduleSnapshot>> ListAsync(ScheduleQuery? query = null, CancellationToken cancellation = default)
    {
        var asked = query ?? new ScheduleQuery();
        ScheduledJobs.RequireBetween(nameof(ScheduleQuery.PageSchedules), asked.PageSchedules, 1, ScheduleQuery.MaxPageSchedules);
        ScheduledJobs.RequireBetween(nameof(ScheduleQuery.UpcomingTimes), asked.UpcomingTimes, 0, ScheduleQuery.MaxUpcomingTimes);
        return await calls.AskAsync(
            _ => Directory.ListSchedulesAsync(asked.After, asked.PageSchedules, asked.UpcomingTimes), "list schedules", cancellation).ConfigureAwait(false);
    }

    private async ValueTask<ScheduleSnapshot> RequireAsync(ScheduleId id, CancellationToken cancellation) =>
        await FindAsync(id, 0, cancellation).ConfigureAwait(false) ?? throw new ScheduleNotFoundException(id);

    private ValueTask<ScheduleSnapshot> ChangeAsync(
        ScheduleDefinition definition, Func<ISchedules, bool, Task<ScheduleSnapshot>> change, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return ChangeAsync(definition.Id, change, cancellation);
    }

    private async ValueTask<ScheduleSnapshot> ChangeAsync(
        ScheduleId id, Func<ISchedules, bool, Task<ScheduleSnapshot>> change, CancellationToken cancellation) =>
        await calls.AskAsync(isRepeated => change(Shard(id), isRepeated), "change schedules", cancellation).ConfigureAwait(false);

    private ISchedules Shard(ScheduleId id) => grains.GetGrain<ISchedules>(ScheduleShards.Of(id));
}
