using Jobs.Core;

namespace Jobs.Sqlite;

/// <summary>Rows to records. The columns are those that <see cref="SqlText"/> puts into every select, in its order.</summary>
internal static class RecordReader
{
    private const int FinishedAt = 20;
    private const int Result = 21;
    private const int PayloadPrunedAt = 22;

    internal static List<JobRecord> ReadAll(Statement rows, Func<long, QueueName> queueOf)
    {
        var jobs = new List<JobRecord>();
        while (rows.Step()) jobs.Add(Read(rows, queueOf(rows.Int64(1))));
        return jobs;
    }

    private static JobRecord Read(Statement row, QueueName queue)
    {
        var hasEnd = row.Columns > FinishedAt;
        return new JobRecord
        {
            Id = row.Id(0),
            Terms = StoredText.ToTerms(row.Text(18)!, row.Text(2)!, queue, row.Text(9), StoredText.ToTags(row.Text(10))),
            Payload = row.Blob(17).ToArray(),
            State = (JobState)row.Int32(3),
            Priority = row.Int32(4),
            RunAt = Times.From(row.Int64(5)),
            Sequence = row.Int64(6),
            EnqueuedAt = Times.From(row.Int64(7)),
            UniqueKey = row.Text(8)?[(queue.Value.Length + 1)..],
            Failures = row.Int32(11),
            Deliveries = row.Int32(12),
            LostDeliveries = row.Int32(13),
            LastAttempt = row.Int32(14),
            Worker = row.Text(15),
            StartedAt = row.IsNull(16) ? null : Times.From(row.Int64(16)),
            Notes = NotesOf(row, hasEnd),
            FinishedAt = hasEnd && !row.IsNull(FinishedAt) ? Times.From(row.Int64(FinishedAt)) : null,
            Result = hasEnd && !row.IsNull(Result) ? row.Blob(Result).ToArray() : default(ReadOnlyMemory<byte>?),
        };
    }

    private static JobNotes? NotesOf(Statement row, bool hasEnd)
    {
        var notes = StoredText.ToNotes(row.Text(19));
        return hasEnd && !row.IsNull(PayloadPrunedAt)
            ? (notes ?? JobNotes.Empty) with { PayloadPrunedAt = Times.From(row.Int64(PayloadPrunedAt)) }
            : notes;
    }
}
