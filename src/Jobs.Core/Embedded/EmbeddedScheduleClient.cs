namespace Jobs.Core;

/// <summary>The schedules of an engine in the same process.</summary>
internal sealed class EmbeddedScheduleClient(EmbeddedEngine engine) : IScheduleClient
{
    public IPayloadCodec Codec => engine.Codec;

    public async ValueTask<ScheduleSnapshot> AddAsync(ScheduleDefinition definition, CancellationToken cancellation = default) =>
        Shown(await BookFor(definition).AddAsync(definition, isRepeated: false, cancellation).ConfigureAwait(false));

    public async ValueTask<ScheduleSnapshot> UpsertAsync(ScheduleDefinition definition, CancellationToken cancellation = default) =>
        Shown(await BookFor(definition).UpsertAsync(definition, cancellation).ConfigureAwait(false));

    public async ValueTask<ScheduleSnapshot> ChangeAsync(ScheduleDefinition definition, long? version = null, CancellationToken cancellation = default) =>
        Shown(await BookFor(definition).ChangeAsync(definition, version, isRepeated: false, cancellation).ConfigureAwait(false));

    public async ValueTask<ScheduleSnapshot> PauseAsync(ScheduleId id, CancellationToken cancellation = default) =>
        Shown(await Book("change schedules").PauseAsync(id, cancellation).ConfigureAwait(false));

    public async ValueTask<ScheduleSnapshot> ResumeAsync(ScheduleId id, CancellationToken cancellation = default) =>
        Shown(await Book("change schedules").ResumeAsync(id, cancellation).ConfigureAwait(false));

    public async ValueTask<JobHandle> TriggerAsync(ScheduleId id, CancellationToken cancellation = default)
    {
        var schedule = await Book("trigger schedules").RequireAsync(id, cancellation).ConfigureAwait(false);
        return await ScheduledJobs.TriggerAsync(engine.Client, schedule.Definition, engine.Clock.GetUtcNow(), cancellation).ConfigureAwait(false);
    }

    public async ValueTask<int> RemoveAsync(ScheduleId id, bool withWaitingJobs = false, CancellationToken cancellation = default)
    {
        var removed = await Book("remove schedules").RemoveAsync(id, cancellation).ConfigureAwait(false);
        engine.ForgetSchedule(id);
        return withWaitingJobs ? await ScheduledJobs.DeleteWaitingAsync(engine.Client, removed.Definition, cancellation).ConfigureAwait(false) : 0;
    }

    public async ValueTask<ScheduleSnapshot?> FindAsync(ScheduleId id, int upcomingTimes = 1, CancellationToken cancellation = default)
    {
        engine.RequireRunning("find schedules");
        ScheduledJobs.RequireBetween(nameof(ScheduleQuery.UpcomingTimes), upcomingTimes, 0, ScheduleQuery.MaxUpcomingTimes);
        var stored = await engine.ScheduleStore.FindScheduleAsync(id, cancellation).ConfigureAwait(false);
        return stored?.ToSnapshot(engine.Clock.GetUtcNow(), upcomingTimes);
    }

    public async ValueTask<IReadOnlyList<ScheduleSnapshot>> ListAsync(ScheduleQuery? query = null, CancellationToken cancellation = default)
    {
        engine.RequireRunning("list schedules");
        var asked = query ?? new ScheduleQuery();
        ScheduledJobs.RequireBetween(nameof(ScheduleQuery.PageSchedules), asked.PageSchedules, 1, ScheduleQuery.MaxPageSchedules);
        ScheduledJobs.RequireBetween(nameof(ScheduleQuery.UpcomingTimes), asked.UpcomingTimes, 0, ScheduleQuery.MaxUpcomingTimes);
        var page = await engine.ScheduleStore.ListSchedulesAsync(asked.After, asked.PageSchedules, cancellation).ConfigureAwait(false);
        var now = engine.Clock.GetUtcNow();
        return [.. page.Select(schedule => schedule.ToSnapshot(now, asked.UpcomingTimes))];
    }

    private ScheduleBook BookFor(ScheduleDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var book = Book("change schedules");
        engine.RequireEnqueueable(definition);
        return book;
    }

    private ScheduleBook Book(string action)
    {
        engine.RequireRunning(action);
        return engine.ScheduleBook;
    }

    private ScheduleSnapshot Shown(ScheduleRecord schedule) => schedule.ToSnapshot(engine.Clock.GetUtcNow(), 1);
}
