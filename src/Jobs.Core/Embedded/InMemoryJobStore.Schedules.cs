namespace Jobs.Core;

/// <content>Schedules beside the jobs.</content>
public sealed partial class InMemoryJobStore : IScheduleStore
{
    private readonly Lock _schedulesGate = new();
    private readonly SortedDictionary<ScheduleId, ScheduleRecord> _schedules = [];

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ScheduleRecord>> ListSchedulesAsync(ScheduleId? after, int maxSchedules, CancellationToken cancellation)
    {
        lock (_schedulesGate) return new([.. _schedules.Values.Where(s => after is not { } id || s.Id > id).Take(maxSchedules)]);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<ScheduleId, long>> ListScheduleVersionsAsync(CancellationToken cancellation)
    {
        lock (_schedulesGate) return new(_schedules.ToDictionary(s => s.Key, s => s.Value.Version));
    }

    /// <inheritdoc/>
    public ValueTask<ScheduleRecord?> FindScheduleAsync(ScheduleId id, CancellationToken cancellation)
    {
        lock (_schedulesGate) return new(_schedules.GetValueOrDefault(id));
    }

    /// <inheritdoc/>
    public ValueTask<bool> SaveScheduleAsync(ScheduleRecord schedule, long? expectedVersion, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        lock (_schedulesGate)
        {
            if (_schedules.GetValueOrDefault(schedule.Id)?.Version != expectedVersion) return new(false);
            _schedules[schedule.Id] = schedule;
            return new(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteScheduleAsync(ScheduleId id, long expectedVersion, CancellationToken cancellation)
    {
        lock (_schedulesGate) return new(_schedules.GetValueOrDefault(id)?.Version == expectedVersion && _schedules.Remove(id));
    }
}
