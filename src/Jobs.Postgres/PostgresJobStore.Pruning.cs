using System.Globalization;
using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <content>
/// History (D6). Records are kept by the day they finished on, and a day that is over is dropped whole once nothing in it is to be kept. What
/// is over earlier is removed record by record, unless its day goes within a day anyway: with a retention of a day or more nothing is
/// removed singly, with a short one the table stays as small as the retention says.
/// </content>
public sealed partial class PostgresJobStore
{
    private const int DaysOpen = 4;
    private const int DaysPerQuestion = 100;
    private const string DayPrefix = "job_done_";

    private static readonly TimeSpan WaitForDrop = TimeSpan.FromDays(1);

    private DateOnly _openedOn;

    /// <inheritdoc/>
    public async ValueTask<HistoryPlace?> FindSizeCutAsync(QueueName queue, JobState state, long maxBytes, CancellationToken cancellation)
    {
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        return await new HistoryCut(this, queue, state).FindSizeCutAsync(maxBytes, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<int> PruneAsync(PruneRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        await OpenDaysAsync(request.Now, cancellation).ConfigureAwait(false);
        var dropped = 0L;
        var removed = 0;
        foreach (var day in await DaysAsync(cancellation).ConfigureAwait(false))
        {
            var mayDrop = true;
            if (day.IsEmptyAt(request.Now))
            {
                var gone = await DropDayAsync(day.Table, request.Now, cancellation).ConfigureAwait(false);
                mayDrop = gone is not null;
                dropped += gone ?? 0;
            }

            if (day.HasLeftovers(request.Now, mayDrop))
                removed += await PruneDayAsync(day.Table, request.Now, request.MaxRecords - removed, cancellation).ConfigureAwait(false);
        }

        foreach (var (queue, limits) in request.Limits)
        {
            foreach (var (state, limit) in limits.Set)
            {
                var cut = new HistoryCut(this, queue, state);
                var most = request.MaxRecords - removed;
                if (most > 0) removed += await cut.PruneAsync(limit, request, most, cancellation).ConfigureAwait(false);
                most = request.MaxRecords - removed;
                if (most > 0) removed += await cut.EmptyAsync(limit, request.Now, most, cancellation).ConfigureAwait(false);
            }
        }

        return (int)Math.Min(int.MaxValue, dropped + removed);
    }

    /// <summary>Makes today's table and the next days'; without them records go where those without a day are, and are removed singly.</summary>
    private async ValueTask OpenDaysAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (_openedOn == today) return;
        try
        {
            var opened = await QueryAsync(
                _sql.HistoryOpen,
                p =>
                {
                    p.AddWithValue("first_day", today);
                    p.AddWithValue("days", DaysOpen);
                },
                row => row.GetInt32(0),
                cancellation).ConfigureAwait(false);
            if (opened[0] == DaysOpen) _openedOn = today;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable)
        {
            // Others are at it; the next look finds their days.
        }
    }

    private async ValueTask<List<StoredDay>> DaysAsync(CancellationToken cancellation)
    {
        var days = new List<StoredDay>();
        var tables = await QueryAsync(_sql.HistoryDays, _ => { }, row => row.GetString(0), cancellation).ConfigureAwait(false);
        foreach (var some in tables.Chunk(DaysPerQuestion))
        {
            var question = string.Join(" union all ", some.Select(table => _sql.HistoryEnds.Replace("{day}", table, StringComparison.Ordinal)));
            days.AddRange(await UnlessGoneAsync(
                async () => await QueryAsync(question, _ => { }, StoredDay.Read, cancellation).ConfigureAwait(false), []).ConfigureAwait(false));
        }

        return days;
    }

    /// <summary>Another process may drop a day meanwhile; then there is something to do for nobody but it, until the next time.</summary>
    private static async ValueTask<T> UnlessGoneAsync<T>(Func<ValueTask<T>> work, T otherwise)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable)
        {
            return otherwise;
        }
    }

    /// <summary>Drops a day, and returns how many records that were; null if this role may not drop.</summary>
    private async ValueTask<long?> DropDayAsync(string table, DateTimeOffset now, CancellationToken cancellation)
    {
        try
        {
            var removed = await QueryAsync(
                _sql.HistoryDrop,
                p =>
                {
                    p.AddWithValue("day", table);
                    p.AddWithValue("as_of", now.UtcDateTime);
                },
                row => row.GetInt64(0),
                cancellation).ConfigureAwait(false);
            return removed[0];
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable)
        {
            // Somebody reads the history for a long time: the day stays as it is until the next time.
            return 0;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            return null;
        }
    }

    private async ValueTask<int> PruneDayAsync(string table, DateTimeOffset now, int most, CancellationToken cancellation) => most <= 0
        ? 0
        : await UnlessGoneAsync(
            async () => await ExecuteAsync(
                _sql.PruneDay.Replace("{day}", table, StringComparison.Ordinal),
                p =>
                {
                    p.AddWithValue("as_of", now.UtcDateTime);
                    p.AddWithValue("max_records", most);
                },
                cancellation).ConfigureAwait(false),
            0).ConfigureAwait(false);

    /// <summary>A table of the history, and when the first and the last record in it is over; without a day it is never dropped.</summary>
    private sealed record StoredDay(string Table, DateTimeOffset? Ends, DateTimeOffset? First, DateTimeOffset? Last)
    {
        internal static StoredDay Read(NpgsqlDataReader row)
        {
            var table = row.GetString(0);
            var hasDay = DateOnly.TryParseExact(
                table.AsSpan(DayPrefix.Length), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day);
            DateTimeOffset? Time(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
            return new StoredDay(table, hasDay ? new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) : null, Time(1), Time(2));
        }

        internal bool IsEmptyAt(DateTimeOffset now) => Ends <= now && !(Last > now);

        internal bool HasLeftovers(DateTimeOffset now, bool mayDrop) => First <= now && !(mayDrop && Ends <= now && Last <= now + WaitForDrop);
    }
}
