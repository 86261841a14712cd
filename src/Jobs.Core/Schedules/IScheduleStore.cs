namespace Jobs.Core;

/// <summary>
/// Where schedules are kept. Passive: it decides nothing and writes what it is given, if the schedule has the version that the writer read.
/// Safe for many threads and processes.
/// </summary>
public interface IScheduleStore
{
    /// <summary>Reads schedules sorted by id, those after one, up to a number.</summary>
    ValueTask<IReadOnlyList<ScheduleRecord>> ListSchedulesAsync(ScheduleId? after, int maxSchedules, CancellationToken cancellation);

    /// <summary>Reads the version of every schedule.</summary>
    ValueTask<IReadOnlyDictionary<ScheduleId, long>> ListScheduleVersionsAsync(CancellationToken cancellation);

    /// <summary>Reads one schedule; null if there is none.</summary>
    ValueTask<ScheduleRecord?> FindScheduleAsync(ScheduleId id, CancellationToken cancellation);

    /// <summary>Writes a schedule if the stored one has the expected version.</summary>
    /// <param name="schedule">The schedule with its new version.</param>
    /// <param name="expectedVersion">The version it was read with; null if it must not exist.</param>
    /// <param name="cancellation">Ends the write, which may have taken place.</param>
    /// <returns>False, with nothing changed, if the version is another one. After an exception nobody knows: read it again.</returns>
    ValueTask<bool> SaveScheduleAsync(ScheduleRecord schedule, long? expectedVersion, CancellationToken cancellation);

    /// <summary>Removes a schedule if it has the expected version.</summary>
    /// <returns>False, with nothing changed, if it is gone or the version is another one.</returns>
    ValueTask<bool> DeleteScheduleAsync(ScheduleId id, long expectedVersion, CancellationToken cancellation);
}
