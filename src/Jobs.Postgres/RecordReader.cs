using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres;

/// <summary>Rows to records. The columns are those that <see cref="Statements"/> puts into every select, in its order.</summary>
internal static class RecordReader
{
    private const int FinishedAt = 20;
    private const int Result = 21;
    private const int PayloadPrunedAt = 22;

    internal static async Task<List<JobRecord>> ReadAllAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        var jobs = new List<JobRecord>();
        var terms = new TermsReader();
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) jobs.Add(Read(reader, terms.Read(reader)));
        return jobs;
    }

    private static JobRecord Read(NpgsqlDataReader row, JobTerms terms)
    {
        var hasEnd = row.FieldCount > FinishedAt;
        return new JobRecord
        {
            Id = JobId.FromGuid(row.GetGuid(0)),
            Terms = terms,
            Payload = row.GetFieldValue<byte[]>(17),
            State = (JobState)row.GetInt16(3),
            Priority = row.GetInt32(4),
            RunAt = row.GetFieldValue<DateTimeOffset>(5),
            Sequence = row.GetInt64(6),
            EnqueuedAt = row.GetFieldValue<DateTimeOffset>(7),
            UniqueKey = Text(row, 8)?[(terms.Queue.Value.Length + 1)..],
            Failures = row.GetInt32(11),
            Deliveries = row.GetInt32(12),
            LostDeliveries = row.GetInt32(13),
            LastAttempt = row.GetInt32(14),
            Worker = Text(row, 15),
            StartedAt = row.IsDBNull(16) ? null : row.GetFieldValue<DateTimeOffset>(16),
            Notes = NotesOf(row, hasEnd),
            FinishedAt = hasEnd && !row.IsDBNull(FinishedAt) ? row.GetFieldValue<DateTimeOffset>(FinishedAt) : null,
            Result = hasEnd && !row.IsDBNull(Result) ? row.GetFieldValue<byte[]>(Result) : default(ReadOnlyMemory<byte>?),
        };
    }

    private static JobNotes? NotesOf(NpgsqlDataReader row, bool hasEnd)
    {
        var notes = StoredText.ToNotes(Text(row, 19));
        return hasEnd && !row.IsDBNull(PayloadPrunedAt)
            ? (notes ?? JobNotes.Empty) with { PayloadPrunedAt = row.GetFieldValue<DateTimeOffset>(PayloadPrunedAt) }
            : notes;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>Reads terms; those of neighbours that were enqueued alike are one, as they were when they were enqueued.</summary>
    private sealed class TermsReader
    {
        private (string Text, string Task, string Queue, string? Group) _key;
        private JobTerms? _last;

        internal JobTerms Read(NpgsqlDataReader row)
        {
            var key = (row.GetString(18), row.GetString(2), row.GetString(1), Text(row, 9));
            var hasTags = !row.IsDBNull(10);
            if (_last is not null && !hasTags && key == _key) return _last;
            var terms = StoredText.ToTerms(
                key.Item1, key.Item2, new QueueName(key.Item3), key.Item4, hasTags ? row.GetFieldValue<string[]>(10) : null);
            (_key, _last) = (key, hasTags ? null : terms);
            return terms;
        }
    }
}
