using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <content>Limits of a queue's history.</content>
public sealed partial class PostgresJobStore
{
    /// <summary>Removes what is too old or too many of a queue's records of one outcome.</summary>
    private sealed class HistoryCut(PostgresJobStore store, QueueName queue, JobState state)
    {
        private readonly string _table = state is JobState.Dead ? "job_dead" : "job_done";

        internal async ValueTask<int> PruneAsync(HistoryLimit limit, DateTimeOffset now, int most, CancellationToken cancellation)
        {
            var (byNumber, byAge) = (await LastBeyondAsync(limit.MaxRecords, cancellation).ConfigureAwait(false), LastBefore(limit.MaxAge, now));
            if ((byNumber is { } a && byAge is { } b ? a.CompareTo(b) > 0 ? a : b : byNumber ?? byAge) is not { } last) return 0;
            var records = await RecordsUpToAsync(last, most, cancellation).ConfigureAwait(false);
            if (records.Count == 0) return 0;
            return await store.ExecuteAsync(
                Sql(store._sql.PruneRecords),
                p =>
                {
                    p.Add(new NpgsqlParameter<Guid[]>("ids", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { TypedValue = [.. records.Select(r => r.Id)] });
                    p.AddWithValue("first", records[0].FinishedAt);
                    p.AddWithValue("last", records[^1].FinishedAt);
                },
                cancellation).ConfigureAwait(false);
        }

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
            (DateTime FinishedAt, long Sequence, int Partition) last, int most, CancellationToken cancellation) => store.QueryAsync(
            Sql(store._sql.PruneBeyond),
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
