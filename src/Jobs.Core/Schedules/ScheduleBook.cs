namespace Jobs.Core;

/// <summary>
/// Changes stored schedules: every change is read, decided by <see cref="SchedulePlan"/>, and written if nobody was faster. Any number of
/// processes may have one on the same store. A call that is repeated because its answer was lost may find its own work done.
/// </summary>
/// <param name="store">Where schedules are kept.</param>
/// <param name="clock">The time.</param>
/// <param name="random">Draws the first version of a schedule; used under a lock on it.</param>
/// <param name="written">Hears of each schedule that was written here.</param>
internal sealed class ScheduleBook(IScheduleStore store, TimeProvider clock, Random random, Action<ScheduleRecord> written)
{
    internal async ValueTask<ScheduleRecord> AddAsync(ScheduleDefinition definition, bool isRepeated, CancellationToken cancellation)
    {
        var created = Create(definition);
        if (await store.SaveScheduleAsync(created, null, cancellation).ConfigureAwait(false)) return Written(created);
        if (isRepeated && await store.FindScheduleAsync(definition.Id, cancellation).ConfigureAwait(false) is { } stored && IsDone(stored, definition))
            return stored;
        throw new ScheduleExistsException(definition.Id);
    }

    internal async ValueTask<ScheduleRecord> UpsertAsync(ScheduleDefinition definition, CancellationToken cancellation)
    {
        while (true)
        {
            if (await store.FindScheduleAsync(definition.Id, cancellation).ConfigureAwait(false) is { } stored)
            {
                if (await TryWriteAsync(stored, s => Change(s, definition), cancellation).ConfigureAwait(false) is { } changed) return changed;
                continue;
            }

            var created = Create(definition);
            if (await store.SaveScheduleAsync(created, null, cancellation).ConfigureAwait(false)) return Written(created);
        }
    }

    internal async ValueTask<ScheduleRecord> ChangeAsync(ScheduleDefinition definition, long? version, bool isRepeated, CancellationToken cancellation)
    {
        if (version is not { } expected) return await WriteAsync(definition.Id, s => Change(s, definition), cancellation).ConfigureAwait(false);
        var stored = await RequireAsync(definition.Id, cancellation).ConfigureAwait(false);
        if (stored.Version != expected)
            return isRepeated && IsDone(stored, definition) ? stored : throw new ScheduleChangedException(definition.Id, expected, stored.Version);
        return await TryWriteAsync(stored, s => Change(s, definition), cancellation).ConfigureAwait(false)
            ?? throw new ScheduleChangedException(definition.Id, expected, null);
    }

    internal ValueTask<ScheduleRecord> PauseAsync(ScheduleId id, CancellationToken cancellation) =>
        WriteAsync(id, schedule => SchedulePlan.Pause(schedule, clock.GetUtcNow()), cancellation);

    internal ValueTask<ScheduleRecord> ResumeAsync(ScheduleId id, CancellationToken cancellation) =>
        WriteAsync(id, schedule => SchedulePlan.Resume(schedule, clock.GetUtcNow()), cancellation);

    /// <summary>Stores what the code declares, unless it is what was declared last: then whatever has been changed since stays.</summary>
    internal async ValueTask<ScheduleRecord> DeclareAsync(ScheduleDefinition definition, string declaration, CancellationToken cancellation)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            var stored = await store.FindScheduleAsync(definition.Id, cancellation).ConfigureAwait(false);
            if (stored?.Declaration == declaration) return stored;
            var then = stored is null
                ? SchedulePlan.Create(definition, now, FirstVersion(), declaration)
                : SchedulePlan.Change(stored, definition, now, declaration) with { Version = stored.Version + 1 };
            if (await store.SaveScheduleAsync(then, stored?.Version, cancellation).ConfigureAwait(false)) return Written(then);
        }
    }

    /// <summary>Removes a schedule, and returns it as it was.</summary>
    internal async ValueTask<ScheduleRecord> RemoveAsync(ScheduleId id, CancellationToken cancellation)
    {
        while (true)
        {
            var stored = await RequireAsync(id, cancellation).ConfigureAwait(false);
            if (await store.DeleteScheduleAsync(id, stored.Version, cancellation).ConfigureAwait(false)) return stored;
        }
    }

    internal async ValueTask<ScheduleRecord> RequireAsync(ScheduleId id, CancellationToken cancellation) =>
        await store.FindScheduleAsync(id, cancellation).ConfigureAwait(false) ?? throw new ScheduleNotFoundException(id);

    private ScheduleRecord Create(ScheduleDefinition definition) => SchedulePlan.Create(definition, clock.GetUtcNow(), FirstVersion());

    private ScheduleRecord Change(ScheduleRecord stored, ScheduleDefinition definition) => SchedulePlan.Change(stored, definition, clock.GetUtcNow());

    /// <summary>Whether changing the schedule to a definition would change nothing.</summary>
    private bool IsDone(ScheduleRecord stored, ScheduleDefinition definition) => ReferenceEquals(Change(stored, definition), stored);

    private async ValueTask<ScheduleRecord> WriteAsync(ScheduleId id, Func<ScheduleRecord, ScheduleRecord> change, CancellationToken cancellation)
    {
        while (true)
        {
            var stored = await RequireAsync(id, cancellation).ConfigureAwait(false);
            if (await TryWriteAsync(stored, change, cancellation).ConfigureAwait(false) is { } changed) return changed;
        }
    }

    /// <summary>Null if somebody else has written the schedule meanwhile.</summary>
    private async ValueTask<ScheduleRecord?> TryWriteAsync(
        ScheduleRecord stored, Func<ScheduleRecord, ScheduleRecord> change, CancellationToken cancellation)
    {
        var changed = change(stored);
        if (ReferenceEquals(changed, stored)) return stored;
        changed = changed with { Version = stored.Version + 1 };
        return await store.SaveScheduleAsync(changed, stored.Version, cancellation).ConfigureAwait(false) ? Written(changed) : null;
    }

    private ScheduleRecord Written(ScheduleRecord schedule)
    {
        written(schedule);
        return schedule;
    }

    private long FirstVersion()
    {
        lock (random) return random.NextInt64(1, 1L << 52);
    }
}
