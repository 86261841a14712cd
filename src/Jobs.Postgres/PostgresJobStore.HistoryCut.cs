using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <content>Limits of a queue's history.</content>
public sealed partial class PostgresJobStore
{
    /// <summary>Removes what is too old or too many of a queue's records of one outcome, and empties payloads that are too old.</summary>
    private sealed class HistoryCut(PostgresJobStore store, QueueName queue, JobState state)
    {
        private readonly string _table = state is JobState.Dead ? "job_dead" : "job_done";

        internal async ValueTask<int> PruneAsync(HistoryLimit limit, DateTimeOffset now, int most, CancellationToken cancellation)
        {
            var (byNumber, byAge) = (await LastBeyondAsync(limit.MaxRecords, cancellation).ConfigureAwait(false), LastBefore(limit.MaxAge, now));
            if ((byNumber is { } a && byAge is { } b ? a.CompareTo(b) > 0 ? a : b : byNumber ?? byAge) is not { } last) return 0;
            var records = await RecordsUpToAsync(store._sql.PruneBeyond, last, most, cancellation).ConfigureAwait(false);
            return await ChangeAsync(store._sql.PruneRecords, records, now, cancellation).ConfigureAwait(false);
        }

        internal async ValueTask<int> EmptyAsync(HistoryLimit limit, DateTimeOffset now, int most, CancellationToken cancellation)
        {
            if (LastBefore(limit.MaxPayloadAge, now) is not { } last) return 0;
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

        private static (DateTime FinishedAt, long Sequence, int Partition)? LastBefore(TimeSpan? age, DateTimeOffset now) =>
            age is { } kept && now - DateTimeOffset.MinValue > kept ? ((now - kept).UtcDateTime, long.MaxValue, int.MaxValue) : null;

        private async ValueTask<(DateTime FinishedAt, long Sequence, int Partition)?> LastBeyondAsync(long? kept, CancellationToken cancellation)
        {
            if (kept is null or long.MaxValue) return null;
            var rows = await store.QueryAsync(
                Sql(store._sql.PruneCutoff),
                p =>
                {
                    AddOutcome(p);
                    p.AddWithValue("kept", kept.Value);
                },
                row => (row.GetDateTime(0), row.GetInt64(1), row.GetInt32(2)),
                cancellation).ConfigureAwait(false);
            return rows.Count == 0 ? null : rows[0];
        }

        private ValueTask<List<(Guid Id, DateTime FinishedAt)>> RecordsUpToAsync(
            string sql, (DateTime FinishedAt, long Sequence, int Partition) last, int most, CancellationToken cancellation) => store.QueryAsync(
            Sql(sql),
            p =>
            {
                AddOutcome(p);
                p.AddWithValue("finished_at", last.FinishedAt);
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
        }

        private string Sql(string text) => text.Replace("{table}", _table, StringComparison.Ordinal);
    }
}
