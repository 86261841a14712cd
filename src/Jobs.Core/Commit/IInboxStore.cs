namespace Jobs.Core;

/// <summary>
/// The place of a store where jobs are put in by others than the owner of their partition: in a transaction of a caller's own, which knows
/// no epoch. The owner moves them to its jobs with commits of its own (<see cref="JobChange.IsFromInbox"/>). Safe for many threads.
/// </summary>
public interface IInboxStore
{
    /// <summary>Says how many partitions a queue has, so that those who put jobs in choose among them.</summary>
    ValueTask DescribeQueueAsync(QueueName queue, int partitions, CancellationToken cancellation);

    /// <summary>The partitions whose inbox holds jobs.</summary>
    ValueTask<IReadOnlyList<PartitionKey>> ListInboxAsync(CancellationToken cancellation);

    /// <summary>Reads jobs of a partition's inbox in the order in which they were put in.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="after">Where to begin: behind this place; 0, or what the page before says.</param>
    /// <param name="maxJobs">How many at most, unreadable ones included.</param>
    /// <param name="cancellation">Ends the query.</param>
    ValueTask<InboxPage> LoadInboxAsync(PartitionKey partition, long after, int maxJobs, CancellationToken cancellation);

    /// <summary>Finds a job in the inbox; null if it is not there, or not there any more.</summary>
    ValueTask<JobRecord?> FindInInboxAsync(JobId id, CancellationToken cancellation);

    /// <summary>Finds jobs in the inbox; those that are not there, or not there any more, are left out. In no order.</summary>
    /// <remarks>A store that is far away should answer with one query; as it stands this asks for one after the other.</remarks>
    async ValueTask<IReadOnlyList<JobRecord>> FindManyInInboxAsync(IReadOnlyList<JobId> ids, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var found = new List<JobRecord>();
        foreach (var id in ids)
        {
            if (await FindInInboxAsync(id, cancellation).ConfigureAwait(false) is { } job) found.Add(job);
        }

        return found;
    }

    /// <summary>Removes those of the jobs from the inbox whose id a job outside of it has.</summary>
    /// <returns>The ids that were removed.</returns>
    ValueTask<IReadOnlyList<JobId>> DropExistingAsync(IReadOnlyList<JobId> ids, CancellationToken cancellation);

    /// <summary>Listens for jobs that are put in, until it is cancelled; a connection that is lost is made again.</summary>
    /// <param name="arrived">Called with the partition that has new jobs; with null if any of them may have. Must be quick and must not throw.</param>
    /// <param name="cancellation">Ends it.</param>
    Task ListenAsync(Action<PartitionKey?> arrived, CancellationToken cancellation);
}
