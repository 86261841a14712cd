using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <content>
/// A connection that is lost during a commit leaves its fate unknown. It is found out by reading back under a new epoch (rule I9): the
/// new epoch makes sure that the lost commit has either ended or will be refused, so what the rows say then is final.
/// </content>
public sealed partial class PostgresJobStore
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private static bool IsFateUnknown(Exception error) => error switch
    {
        PostgresException e => e.SqlState.StartsWith("57P", StringComparison.Ordinal) || e.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>Finds out whether a commit took place, however long the database takes to come back.</summary>
    private async ValueTask<bool> TookPlaceAsync(CommitContent content, CancellationToken cancellation)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                foreach (var (key, epoch) in content.Epochs) await RaiseEpochAsync(PartitionOf(key), epoch, cancellation).ConfigureAwait(false);
                return CommitEvidence.TookPlace(content.Changes, await ReadBackAsync(content, cancellation).ConfigureAwait(false));
            }
            catch (Exception e) when (IsFateUnknown(e) || e is StoreUnavailableException)
            {
                await Task.Delay(pause, _clock, cancellation).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    /// <summary>Raises the epoch behind the one that the partition's owner was given; an owner that has been replaced stays fenced.</summary>
    private async ValueTask RaiseEpochAsync(StoredPartition partition, long given, CancellationToken cancellation)
    {
        if (given != partition.GivenEpoch) return;
        var raised = await QueryAsync(
            _sql.ResolveEpoch,
            p =>
            {
                p.AddWithValue("partition", partition.Id);
                p.AddWithValue("owner", partition.Owner);
            },
            row => row.GetInt64(0),
            cancellation).ConfigureAwait(false);

        // No row means that another process has taken the partition over; whatever is written from here on is refused.
        if (raised.Count > 0) partition.Epoch = raised[0];
    }

    private async ValueTask<Dictionary<JobId, FoundJob>> ReadBackAsync(CommitContent content, CancellationToken cancellation)
    {
        var found = new Dictionary<JobId, FoundJob>();
        var rows = await QueryAsync(
            _sql.ResolveJobs,
            p => p.Add(new NpgsqlParameter<Guid[]>("ids", NpgsqlDbType.Array | NpgsqlDbType.Uuid)
            {
                TypedValue = [.. content.Changes.Select(change => change.Transition.Job.Id.ToGuid())],
            }),
            row => (Id: JobId.FromGuid(row.GetGuid(0)), Job: new FoundJob(
                (JobState)row.GetInt16(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.GetFieldValue<DateTimeOffset>(6))),
            cancellation).ConfigureAwait(false);
        foreach (var (id, job) in rows) found[id] = job;
        return found;
    }
}
