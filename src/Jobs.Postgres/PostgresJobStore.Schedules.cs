using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <content>Schedules beside the jobs.</content>
public sealed partial class PostgresJobStore : IScheduleStore
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ScheduleRecord>> ListSchedulesAsync(ScheduleId? after, int maxSchedules, CancellationToken cancellation)
    {
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        return await QueryAsync(
            _sql.ListSchedules,
            p =>
            {
                p.AddWithValue("after", after?.Value ?? "");
                p.AddWithValue("limit", maxSchedules);
            },
            ReadSchedule,
            cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<ScheduleId, long>> ListScheduleVersionsAsync(CancellationToken cancellation)
    {
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        var rows = await QueryAsync(
            _sql.ListScheduleVersions, _ => { }, row => (Id: new ScheduleId(row.GetString(0)), Version: row.GetInt64(1)), cancellation).ConfigureAwait(false);
        return rows.ToDictionary(row => row.Id, row => row.Version);
    }

    /// <inheritdoc/>
    public async ValueTask<ScheduleRecord?> FindScheduleAsync(ScheduleId id, CancellationToken cancellation)
    {
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        var rows = await QueryAsync(_sql.FindSchedule, p => p.AddWithValue("id", id.Value), ReadSchedule, cancellation).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <inheritdoc/>
    public async ValueTask<bool> SaveScheduleAsync(ScheduleRecord schedule, long? expectedVersion, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        var saved = await ExecuteAsync(
            expectedVersion is null ? _sql.InsertSchedule : _sql.UpdateSchedule,
            p =>
            {
                if (expectedVersion is { } expected) p.AddWithValue("expected", expected);
                Bind(p, schedule);
            },
            cancellation).ConfigureAwait(false);
        return saved == 1;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteScheduleAsync(ScheduleId id, long expectedVersion, CancellationToken cancellation)
    {
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        var deleted = await ExecuteAsync(
            _sql.DeleteSchedule,
            p =>
            {
                p.AddWithValue("id", id.Value);
                p.AddWithValue("expected", expectedVersion);
            },
            cancellation).ConfigureAwait(false);
        return deleted == 1;
    }

    private static void Bind(NpgsqlParameterCollection parameters, ScheduleRecord schedule)
    {
        parameters.AddWithValue("id", schedule.Id.Value);
        parameters.AddWithValue("version", schedule.Version);
        parameters.AddWithValue("task", schedule.Definition.Task);
        parameters.AddWithValue("queue", schedule.Definition.Queue.Value);
        parameters.AddWithValue("timing", schedule.Definition.Timing.Describe());
        parameters.AddWithValue("is_paused", schedule.IsPaused);
        Add(parameters, "next_at", NpgsqlDbType.TimestampTz, schedule.Next?.UtcDateTime);
        Add(parameters, "last_at", NpgsqlDbType.TimestampTz, schedule.Last?.UtcDateTime);
        parameters.AddWithValue("runs", schedule.Runs);
        parameters.AddWithValue("payload", schedule.Definition.Payload.ToArray());
        parameters.AddWithValue("definition", StoredSchedule.OfDefinition(schedule.Definition));
        parameters.AddWithValue("state", StoredSchedule.OfState(schedule));
    }

    private static ScheduleRecord ReadSchedule(NpgsqlDataReader row) => StoredSchedule.Read(
        StoredSchedule.ToDefinition(row.GetString(8), row.GetString(0), row.GetString(2), row.GetFieldValue<byte[]>(7)),
        row.GetInt64(1),
        row.GetBoolean(3),
        row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4),
        row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5),
        row.GetInt64(6),
        row.GetString(9));
}
