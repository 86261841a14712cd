using Jobs.Core;

namespace Jobs.Sqlite;

/// <content>Schedules beside the jobs.</content>
public sealed partial class SqliteJobStore : IScheduleStore
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ScheduleRecord>> ListSchedulesAsync(
        ScheduleId? after, int maxSchedules, CancellationToken cancellation) => await ReadAsync(
        session =>
        {
            var list = session["list_schedules"];
            list.Bind(list.IndexOf("after"), after?.Value ?? "");
            list.Bind(list.IndexOf("limit"), maxSchedules);
            return Rows(list, ReadSchedule);
        },
        cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<ScheduleId, long>> ListScheduleVersionsAsync(CancellationToken cancellation) => await ReadAsync(
        session => Rows(session["list_schedule_versions"], row => (Id: new ScheduleId(row.Text(0)!), Version: row.Int64(1)))
            .ToDictionary(row => row.Id, row => row.Version),
        cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<ScheduleRecord?> FindScheduleAsync(ScheduleId id, CancellationToken cancellation) => await ReadAsync(
        session =>
        {
            var find = session["find_schedule"];
            find.Bind(find.IndexOf("id"), id.Value);
            return Rows(find, ReadSchedule).SingleOrDefault();
        },
        cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<bool> SaveScheduleAsync(ScheduleRecord schedule, long? expectedVersion, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return WriteAsync(
            session =>
            {
                var save = session[expectedVersion is null ? "insert_schedule" : "update_schedule"];
                if (expectedVersion is { } expected) save.Bind(save.IndexOf("expected"), expected);
                Bind(save, schedule);
                return save.Execute() == 1;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteScheduleAsync(ScheduleId id, long expectedVersion, CancellationToken cancellation) => WriteAsync(
        session =>
        {
            var delete = session["delete_schedule"];
            delete.Bind(delete.IndexOf("id"), id.Value);
            delete.Bind(delete.IndexOf("expected"), expectedVersion);
            return delete.Execute() == 1;
        },
        cancellation);

    private static void Bind(Statement save, ScheduleRecord schedule)
    {
        save.Bind(save.IndexOf("id"), schedule.Id.Value);
        save.Bind(save.IndexOf("version"), schedule.Version);
        save.Bind(save.IndexOf("task"), schedule.Definition.Task);
        save.Bind(save.IndexOf("queue"), schedule.Definition.Queue.Value);
        save.Bind(save.IndexOf("timing"), schedule.Definition.Timing.Describe());
        save.Bind(save.IndexOf("is_paused"), schedule.IsPaused ? 1 : 0);
        save.Bind(save.IndexOf("next_at"), schedule.Next is { } next ? Times.Of(next) : null);
        save.Bind(save.IndexOf("last_at"), schedule.Last is { } last ? Times.Of(last) : null);
        save.Bind(save.IndexOf("runs"), schedule.Runs);
        save.Bind(save.IndexOf("payload"), schedule.Definition.Payload.Span);
        save.Bind(save.IndexOf("definition"), StoredSchedule.OfDefinition(schedule.Definition));
        save.Bind(save.IndexOf("state"), StoredSchedule.OfState(schedule));
    }

    private static ScheduleRecord ReadSchedule(Statement row) => StoredSchedule.Read(
        StoredSchedule.ToDefinition(row.Text(8)!, row.Text(0)!, row.Text(2)!, row.Blob(7).ToArray()),
        row.Int64(1),
        row.Int32(3) == 1,
        row.IsNull(4) ? null : Times.From(row.Int64(4)),
        row.IsNull(5) ? null : Times.From(row.Int64(5)),
        row.Int64(6),
        row.Text(9)!);
}
