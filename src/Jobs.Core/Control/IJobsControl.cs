namespace Jobs.Core;

/// <summary>
/// Changes what this process serves while it runs: no running job is disturbed, and nothing pauses meanwhile. Changes last as long as the
/// process. Safe for many threads; changes are made one after the other.
/// </summary>
public interface IJobsControl
{
    /// <summary>The queues that are open in this process, sorted by name.</summary>
    IReadOnlyList<ServedQueue> Queues { get; }

    /// <summary>
    /// Sets how many jobs of a queue run at a time in this process. With fewer than run now, these go on and none is started until enough
    /// have ended; with 0 none is started at all.
    /// </summary>
    /// <exception cref="InvalidJobOptionException">The number is negative, or this process runs no jobs.</exception>
    /// <exception cref="ServiceStoppedException">The service is not running.</exception>
    ValueTask SetConcurrencyAsync(QueueName queue, int concurrency, CancellationToken cancellation = default);

    /// <summary>Adds a queue, or changes one; its partitions and its poll strategy are fixed once it is open.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="change">Gets the options as they are, or the defaults.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidJobOptionException">An option makes no sense, or cannot be changed; nothing was changed.</exception>
    /// <exception cref="ServiceStoppedException">The service is not running.</exception>
    ValueTask ChangeQueueAsync(QueueName queue, Action<QueueOptions> change, CancellationToken cancellation = default);

    /// <summary>Has this process serve a queue no more: it starts none of its jobs, and waits for those that run. Enqueues still work.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="patience">How long to wait for running jobs; default the service's <c>DrainTime</c>.</param>
    /// <param name="cancellation">Ends the wait; the queue stays removed.</param>
    /// <returns>False if jobs were still running when the wait ended; they go on.</returns>
    ValueTask<bool> RemoveQueueAsync(QueueName queue, TimeSpan? patience = null, CancellationToken cancellation = default);

    /// <summary>
    /// Replaces all handlers, and says of all queues whether they are served. What runs goes on with the handler it was started with. A
    /// queue that is not named, known or not, is served by this process no more; with an empty set nothing is.
    /// </summary>
    /// <param name="describe">The whole set.</param>
    /// <param name="cancellation">Gives up; nothing is changed then.</param>
    /// <exception cref="DuplicateTaskException">A task has two handlers; nothing was changed.</exception>
    /// <exception cref="InvalidJobOptionException">An option makes no sense, or cannot be changed; nothing was changed.</exception>
    /// <exception cref="ServiceStoppedException">The service is not running.</exception>
    ValueTask UpgradeAsync(Action<JobsUpgrade> describe, CancellationToken cancellation = default);
}
