using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres;

/// <summary>Rows to records. The columns are those that <see cref="Statements"/> puts into every select, in its order.</summary>
internal static class RecordReader
{
    private const int FinishedAt = 20;
    private const int Result = 21;

    internal static async Task<List<JobRecord>> ReadAllAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        var jobs = new List<JobRecord>();
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) jobs.Add(Read(reader));
        return jobs;
    }

    private static JobRecord Read(NpgsqlDataReader row)
    {
        var queue = new QueueName(row.GetString(1));
        var hasEnd = row.FieldCount > FinishedAt;
        return new JobRecord
        {
            Id = JobId.FromGuid(row.GetGuid(0)),
            Terms = StoredText.ToTerms(row.GetString(18), row.GetString(2), queue, Text(row, 9), row.IsDBNull(10) ? null : row.GetFieldValue<string[]>(10)),
            Payload = row.GetFieldValue<byte[]>(17),
            State = (JobState)row.GetInt16(3),
            Priority = row.GetInt32(4),
            RunAt = row.GetFieldValue<DateTimeOffset>(5),
            Sequence = row.GetInt64(6),
            EnqueuedAt = row.GetFieldValue<DateTimeOffset>(7),
            UniqueKey = Text(row, 8)?[(queue.Value.Length + 1)..],
            Failures = row.GetInt32(11),
            Deliveries = row.GetInt32(12),
            LostDeliveries = row.GetInt32(13),
            LastAttempt = row.GetInt32(14),
            Worker = Text(row, 15),
            StartedAt = row.IsDBNull(16) ? null : row.GetFieldValue<DateTimeOffset>(16),
            Notes = StoredText.ToNotes(Text(row, 19)),
            FinishedAt = hasEnd && !row.IsDBNull(FinishedAt) ? row.GetFieldValue<DateTimeOffset>(FinishedAt) : null,
            Result = hasEnd && !row.IsDBNull(Result) ? row.GetFieldValue<byte[]>(Result) : default(ReadOnlyMemory<byte>?),
        };
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
