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
        PostgresException e => e.SqlState.StartsWith("57P", StringComparison.Ordinal) || e.SqlState.StartsWith("08", StringComparison.Ordinal)
            || e.SqlState is PostgresErrorCodes.TooManyConnections,
        NpgsqlException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>A job whose record is kept for less may have ended, and its record may be gone, before anybody looks for it.</summary>
    private static readonly TimeSpan SafelyKept = TimeSpan.FromMinutes(10);

    /// <summary>Finds out whether a commit took place, however long the database takes to come back.</summary>
    /// <exception cref="UnsureException">Others may have taken over what it put in, and run it, and nothing is left of that.</exception>
    private ValueTask<bool> TookPlaceAsync(CommitContent content, Exception lost, CancellationToken cancellation) => InsistAsync(
        async () =>
        {
            // All partitions share one transaction, so one of them stops it.
            var (key, given) = content.Epochs.First();
            await RaiseEpochAsync(key, given, content.IsIntake, cancellation).ConfigureAwait(false);
            var found = await ReadBackAsync(content.Changes.Select(change => change.Transition.Job.Id), cancellation).ConfigureAwait(false);

            // What has another owner by now may be his doing: a call that was repeated there has put in the same jobs. So those that only this
            // commit can have changed tell, as long as there are any; whose they are is looked up after the jobs.
            await LearnAsync([.. content.Epochs.Keys], cancellation).ConfigureAwait(false);
            var own = content.Changes.Where(IsOwn).ToList();
            if (CommitEvidence.Fate(own.Count > 0 ? own : content.Changes, found, MayBeGone) is { } tookPlace) return tookPlace;
            var unsure = content.Changes.Where(change => MayBeGone(change) && !found.ContainsKey(change.Transition.Job.Id));
            return UnsureException.IfAny([.. unsure.Select(change => change.Transition.Job.Id)], lost) is { } error ? throw error : false;

            bool IsOwn(JobChange change) => PartitionOf(change.Transition.Job.Partition).GivenEpoch == change.Epoch;

            bool MayBeGone(JobChange change) =>
                change.Transition is { Before: null, After: { } job } && job.Terms.Retention.KeepFor < SafelyKept && !IsOwn(change);
        },
        cancellation);

    /// <summary>Asks the database again and again while it is away.</summary>
    private async ValueTask<T> InsistAsync<T>(Func<ValueTask<T>> ask, CancellationToken cancellation)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (Exception e) when (IsFateUnknown(e) || e is StoreUnavailableException)
            {
                await Task.Delay(pause, _clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Raises the epoch behind the one that the partition's owner was given; an owner that has been replaced stays fenced.</summary>
    private async ValueTask RaiseEpochAsync(PartitionKey key, long given, bool isIntake, CancellationToken cancellation)
    {
        var raised = await QueryAsync(
            isIntake ? _sql.ResolveIntakeEpoch : _sql.ResolveEpoch,
            p =>
            {
                p.AddWithValue("partition", PartitionOf(key).Id);
                p.AddWithValue("given", given);
            },
            row => row.GetInt64(0),
            cancellation).ConfigureAwait(false);

        // No row means that another owner has taken the partition over: that has stopped the commit too, and every one that is tried again.
        if (raised.Count > 0) Know(key, PartitionOf(key).Raised(given, raised[0], isIntake));
    }

    private async ValueTask<Dictionary<JobId, FoundJob>> ReadBackAsync(IEnumerable<JobId> ids, CancellationToken cancellation)
    {
        var found = new Dictionary<JobId, FoundJob>();
        var rows = await QueryAsync(
            _sql.ResolveJobs,
            p => p.Add(new NpgsqlParameter<Guid[]>("ids", NpgsqlDbType.Array | NpgsqlDbType.Uuid)
            {
                TypedValue = [.. ids.Select(id => id.ToGuid())],
            }),
            row => (Id: JobId.FromGuid(row.GetGuid(0)), Job: new FoundJob(
                (JobState)row.GetInt16(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.GetFieldValue<DateTimeOffset>(6))),
            cancellation).ConfigureAwait(false);
        foreach (var (id, job) in rows) found[id] = job;
        return found;
    }

    /// <summary>It cannot be told of some jobs whether a commit put them in.</summary>
    private sealed class UnsureException(HashSet<JobId> jobs, Exception cause) : Exception(cause.Message, cause)
    {
        internal HashSet<JobId> Jobs => jobs;

        internal static UnsureException? IfAny(HashSet<JobId> jobs, Exception cause) => jobs.Count == 0 ? null : new UnsureException(jobs, cause);
    }
}
