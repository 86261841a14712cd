namespace Jobs.Core;

/// <summary>
/// Where jobs are kept. An implementation is passive: it decides nothing about jobs, it writes what it is given, all or nothing for each
/// unit, and refuses what stands behind a fence. Safe for many threads.
/// </summary>
public interface IJobStore : IAsyncDisposable
{
    /// <summary>What this store can do.</summary>
    StoreCapabilities Capabilities { get; }

    /// <summary>The partitions that hold unfinished jobs.</summary>
    ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation);

    /// <summary>Takes ownership of a partition: raises its epoch, so that writes of any owner before are refused from now on.</summary>
    ValueTask<PartitionOpening> OwnAsync(PartitionKey partition, string owner, CancellationToken cancellation);

    /// <summary>Commits units in their order, in one transaction where it can.</summary>
    /// <returns>The fate of each unit, in the same order. An exception means that nothing was committed.</returns>
    /// <remarks>
    /// An insert whose id exists is <see cref="CommitVerdict.IdTaken"/> for its unit; one whose unique key an unfinished job of the queue
    /// has is left out. A finished job that comes back while another unfinished one has its unique key is <see cref="CommitVerdict.KeyTaken"/>.
    /// Any other change applies if the stored job has not been handed out more often than the change's before says.
    /// </remarks>
    ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation);

    /// <summary>Reads a page of waiting jobs (scheduled, pending, retrying), in the order that the request says.</summary>
    ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation);

    /// <summary>Finds a job, unfinished or finished.</summary>
    ValueTask<JobRecord?> FindAsync(JobId id, CancellationToken cancellation);

    /// <summary>Lists jobs.</summary>
    /// <param name="query">Which, and which page of them.</param>
    /// <param name="asOf">The time that decides whether a waiting job is scheduled or pending.</param>
    /// <param name="cancellation">Ends the query.</param>
    ValueTask<IReadOnlyList<JobRecord>> ListAsync(JobQuery query, DateTimeOffset asOf, CancellationToken cancellation);

    /// <summary>Counts jobs by state.</summary>
    ValueTask<JobCounts> CountAsync(QueueName? queue, DateTimeOffset asOf, CancellationToken cancellation);

    /// <summary>Removes finished records whose retention is over, and returns how many it removed.</summary>
    ValueTask<int> PruneAsync(DateTimeOffset now, CancellationToken cancellation);
}
