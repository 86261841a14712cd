using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <content>Limits of a queue's history.</content>
public sealed partial class PostgresJobStore
{
    /// <summary>Removes what is too old, too many or too large of a queue's records of one outcome, and empties payloads that are too old.</summary>
    private sealed class HistoryCut(PostgresJobStore store, QueueName queue, JobState state)
    {
        private readonly string _table = state is JobState.Dead ? "job_dead" : "job_done";

        internal async ValueTask<HistoryPlace?> FindSizeCutAsync(long maxBytes, CancellationToken cancellation)
        {
            var bytes = await store.QueryAsync(Sql(store._sql.PruneBytes), AddOutcome, row => row.GetInt64(0), cancellation).ConfigureAwait(false);
            if (bytes[0] <= maxBytes) return null;
            return await FindAsync(store._sql.PruneSize, "bytes_left", HistoryLimit.BytesLeft(maxBytes), cancellation).ConfigureAwait(false);
        }

        internal async ValueTask<int> PruneAsync(HistoryLimit limit, PruneRequest request, int most, CancellationToken cancellation)
        {
            HistoryPlace? byNumber = limit.MaxRecords is null or long.MaxValue
                ? null
                : await FindAsync(store._sql.PruneCutoff, "kept", limit.MaxRecords.Value, cancellation).ConfigureAwait(false);
            if (HistoryPlace.LaterOf(byNumber, request.LastBeyond(queue, state, limit)) is not { } last) return 0;
            var records = await RecordsUpToAsync(store._sql.PruneBeyond, last, most, cancellation).ConfigureAwait(false);
            return await ChangeAsync(store._sql.PruneRecords, records, request.Now, cancellation).ConfigureAwait(false);
        }

        internal async ValueTask<int> EmptyAsync(HistoryLimit limit, DateTimeOffset now, int most, CancellationToken cancellation)
        {
            if (HistoryPlace.LastOf(limit.MaxPayloadAge, now) is not { } last) return 0;
            var records = await RecordsUpToAsync(store._sql.PruneFull, last, most, cancellation).ConfigureAwait(false);
            return await ChangeAsync(store._sql.PrunePayloads, records, now, cancellation).ConfigureAwait(false);
        }

        /// <summary>Makes of the records what the statement says, and returns of how many; another process may be at it, too.</summary>
        private async ValueTask<int> ChangeAsync(
            string sql, List<(Guid Id, DateTime FinishedAt)> records, DateTimeOffset now, CancellationToken cancellation) => records.Count == 0
            ? 0
            : await store.ExecuteAsync(
                Sql(sql),
                p =>
                {
                    p.Add(new NpgsqlParameter<Guid[]>("ids", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { TypedValue = [.. records.Select(r => r.Id)] });
                    p.AddWithValue("first", records[0].FinishedAt);
                    p.AddWithValue("last", records[^1].FinishedAt);
                    p.AddWithValue("as_of", now.UtcDateTime);
                },
                cancellation).ConfigureAwait(false);

        /// <summary>The one place that a statement finds, if it finds any.</summary>
        private async ValueTask<HistoryPlace?> FindAsync(string sql, string bound, long value, CancellationToken cancellation)
        {
            var rows = await store.QueryAsync(
                Sql(sql),
                p =>
                {
                    AddOutcome(p);
                    p.AddWithValue(bound, value);
                },
                row => new HistoryPlace(row.GetDateTime(0), row.GetInt64(1), row.GetInt32(2)),
                cancellation).ConfigureAwait(false);
            return rows.Count == 0 ? null : rows[0];
        }

        private ValueTask<List<(Guid Id, DateTime FinishedAt)>> RecordsUpToAsync(
            string sql, HistoryPlace last, int most, CancellationToken cancellation) => store.QueryAsync(
            Sql(sql),
            p =>
            {
                AddOutcome(p);
                p.AddWithValue("finished_at", last.FinishedAt.UtcDateTime);
                p.AddWithValue("sequence", last.Sequence);
                p.AddWithValue("partition", last.Partition);
                p.AddWithValue("max_records", most);
            },
            row => (row.GetGuid(0), row.GetDateTime(1)),
            cancellation);

        private void AddOutcome(NpgsqlParameterCollection parameters)
        {
            parameters.AddWithValue("queue", queue.Value);
            parameters.AddWithValue("state", (short)state);
            parameters.AddWithValue("record_bytes", HistoryLimit.RecordBytes);
        }

        private string Sql(string text) => text.Replace("{table}", _table, StringComparison.Ordinal);
    }
}
