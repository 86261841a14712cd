using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres;

/// <summary>Rows of the inbox to records. The columns are those that <see cref="InboxStatements"/> puts into every select, in its order.</summary>
internal static class InboxReader
{
    /// <summary>
    /// The job; or what is wrong with a row that this library did not write. The row is in memory when it is read, so whatever is thrown is
    /// about what it holds.
    /// </summary>
    internal static (long Place, JobRecord? Job, UnreadableInboxJob? Unreadable) TryRead(NpgsqlDataReader row, PartitionKey partition)
    {
        try
        {
            var job = Read(row);
            if (job.Partition != partition || job.Id.QueueHash != partition.Queue.Hash)
                throw new InvalidDataException($"The id {job.Id} is not one of {partition}; take ids from a producer, or from JobId.");
            return (row.GetInt64(0), job, null);
        }
        catch (Exception e) when (e is not NpgsqlException)
        {
            return (row.GetInt64(0), null, new UnreadableInboxJob(JobId.FromGuid(row.GetGuid(1)), e));
        }
    }

    /// <summary>The partition of a row; null if the queue's name, written by others, is none.</summary>
    internal static PartitionKey? TryReadPartition(NpgsqlDataReader row)
    {
        try
        {
            return new PartitionKey(new QueueName(row.GetString(0)), row.GetInt32(1));
        }
        catch (InvalidNameException)
        {
            return null;
        }
    }

    internal static JobRecord Read(NpgsqlDataReader row)
    {
        var (enqueuedAt, runAt) = (row.GetFieldValue<DateTimeOffset>(5), row.GetFieldValue<DateTimeOffset>(6));
        return new JobRecord
        {
            Sequence = row.GetInt64(0),
            Id = JobId.FromGuid(row.GetGuid(1)),
            Terms = StoredText.ToTerms(
                row.GetString(11), row.GetString(3), new QueueName(row.GetString(2)), Text(row, 8), row.IsDBNull(9) ? null : row.GetFieldValue<string[]>(9)),
            Priority = row.GetInt32(4),
            EnqueuedAt = enqueuedAt,
            RunAt = runAt,
            State = runAt > enqueuedAt ? JobState.Scheduled : JobState.Pending,
            UniqueKey = Text(row, 7),
            Payload = row.GetFieldValue<byte[]>(10),
        };
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
