namespace Jobs.Core;

/// <summary>
/// Where jobs are kept. An implementation is passive: it decides nothing about jobs, it writes what it is given, all or nothing for each
/// unit, and refuses what stands behind a fence. Safe for many threads.
/// </summary>
public interface IJobStore : IAsyncDisposable
{
    /// <summary>What this store can do.</summary>
    StoreCapabilities Capabilities { get; }

    /// <summary>Where schedules are kept beside the jobs; null if this store keeps none.</summary>
    IScheduleStore? Schedules => this as IScheduleStore;

    /// <summary>Where others than the owners of partitions put jobs in; null if this store has no such place.</summary>
    IInboxStore? Inbox => this as IInboxStore;

    /// <summary>Transactions for handlers, which commit with their outcomes; null if this store has none.</summary>
    IHandlerTransactions? HandlerTransactions => this as IHandlerTransactions;

    /// <summary>Where settings are kept beside the jobs; null if this store keeps none.</summary>
    ISettingStore? Settings => this as ISettingStore;

    /// <summary>The partitions that hold unfinished jobs.</summary>
    ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation);

    /// <summary>
    /// Takes ownership of a partition unless another owner lives: raises its epoch, so that writes of any owner before are refused from now on.
    /// </summary>
    /// <remarks>An owner lives from its claim to the end of its lease, or to its release. A store that only one process can have grants every claim.</remarks>
    ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation);

    /// <summary>Says that an owner lives, for another lease from now on. What was taken from it meanwhile does not come back by this.</summary>
    ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellation);

    /// <summary>Ends an owner in order: everything it ran is written, and others may have its partitions at once.</summary>
    ValueTask ReleaseAsync(string owner, CancellationToken cancellation);

    /// <summary>Commits units in their order, in one transaction where it can.</summary>
    /// <returns>
    /// The fate of each unit, in the same order. An exception means that nothing was committed, unless it is
    /// <see cref="CommitFateUnknownException"/>.
    /// </returns>
    /// <remarks>
    /// <para>
    /// An insert whose id exists is <see cref="CommitVerdict.IdTaken"/> for its unit; one whose unique key an unfinished job of the queue
    /// has is left out. A finished job that comes back while another unfinished one has its unique key is <see cref="CommitVerdict.KeyTaken"/>.
    /// Any other change applies if the stored job has not been handed out more often than the change's before says.
    /// </para>
    /// <para>
    /// Units are settled as if one after the other: a unique key that a unit frees is free for the units behind it, not for those before.
    /// The changes of one unit are made at once: a key that one of them frees is free for all of them, and of a job that comes back and a new
    /// one with the same key the first has it. A unit changes a job once, and brings back at most one job of a unique key.
    /// </para>
    /// <para>
    /// A refused unit names one reason. <see cref="CommitVerdict.Fenced"/> goes before all others; which of several others is named, the store
    /// decides.
    /// </para>
    /// </remarks>
    ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation);

    /// <summary>Reads a page of waiting jobs (scheduled, pending, retrying), in the order that the request says.</summary>
    ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation);

    /// <summary>Finds a job, unfinished or finished.</summary>
    ValueTask<JobRecord?> FindAsync(JobId id, CancellationToken cancellation);

    /// <summary>Finds jobs, unfinished or finished; those that are not there are left out. In no order.</summary>
    /// <param name="ids">Which; each once.</param>
    /// <param name="cancellation">Ends the query.</param>
    /// <remarks>A store that is far away should answer with one query; as it stands this asks for one after the other.</remarks>
    async ValueTask<IReadOnlyList<JobRecord>> FindManyAsync(IReadOnlyList<JobId> ids, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var found = new List<JobRecord>();
        foreach (var id in ids)
        {
            if (await FindAsync(id, cancellation).ConfigureAwait(false) is { } job) found.Add(job);
        }

        return found;
    }

    /// <summary>Lists jobs.</summary>
    /// <param name="query">Which, and which page of them.</param>
    /// <param name="asOf">The time that decides whether a waiting job is scheduled or pending.</param>
    /// <param name="cancellation">Ends the query.</param>
    ValueTask<IReadOnlyList<JobRecord>> ListAsync(JobQuery query, DateTimeOffset asOf, CancellationToken cancellation);

    /// <summary>Counts jobs by state.</summary>
    ValueTask<JobCounts> CountAsync(QueueName? queue, DateTimeOffset asOf, CancellationToken cancellation);

    /// <summary>Counts the unfinished jobs of some partitions, and says since when the oldest of them is due. Reads no finished jobs.</summary>
    /// <param name="partitions">Which; one that the store does not know is left out, and so may be one without unfinished jobs.</param>
    /// <param name="asOf">The time that decides whether a job is due.</param>
    /// <param name="cancellation">Ends the query.</param>
    ValueTask<IReadOnlyList<PartitionBacklog>> ReadBacklogAsync(
        IReadOnlyCollection<PartitionKey> partitions, DateTimeOffset asOf, CancellationToken cancellation);

    /// <summary>
    /// Looks whether a queue's records of one outcome are larger than a limit, by the measure of <see cref="HistoryLimit.MaxBytes"/>. Reads the
    /// sizes of all of them, and no payloads.
    /// </summary>
    /// <returns>
    /// The latest record that has to go, with all that are older, so that at most <see cref="HistoryLimit.BytesLeft"/> are left; null if they are
    /// not larger than the limit.
    /// </returns>
    ValueTask<HistoryPlace?> FindSizeCutAsync(QueueName queue, JobState state, long maxBytes, CancellationToken cancellation);

    /// <summary>
    /// Removes finished records whose retention is over, and then those that are beyond their queue's limits, the oldest first; of those that
    /// stay, it empties the payloads that are older than the limits say, and notes when. Never looks at unfinished jobs.
    /// </summary>
    /// <returns>How many were removed or emptied, a bounded number; call again until it is 0.</returns>
    /// <remarks>
    /// A job that is dead has no retention, only limits. Oldest means: ended first, then enqueued first. A store may keep history by days and
    /// drop a day whole; a record then goes with its day, at most a day after its retention, and of a large day the number may be less
    /// than what was removed.
    /// </remarks>
    ValueTask<int> PruneAsync(PruneRequest request, CancellationToken cancellation);

    /// <summary>
    /// Does once what makes the first commits of a process slow, as compiling code and opening connections, and changes nothing that is stored.
    /// By default it does nothing.
    /// </summary>
    ValueTask WarmUpAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
}
