namespace Jobs;

/// <summary>
/// Who runs jobs now, and what waits that nobody runs. Both are asked of the living processes when they are called, and nothing of it is
/// stored: no query of jobs is made. Safe for many threads.
/// </summary>
/// <remarks>
/// An embedded service tells of its own process, and of what waits in the queues that it owns. A cluster tells of all its silos and of the
/// workers that report to them. Whoever takes jobs by <see cref="IJobClient.Leases"/> is not a worker, as nobody knows what it will take next.
/// </remarks>
public interface IWorkerClient
{
    /// <summary>The most tasks that <see cref="ListUnhandledAsync"/> returns: 1,000.</summary>
    const int MaxUnhandledTasks = 1000;

    /// <summary>
    /// The living workers, sorted by name. A worker outside of the silos is listed from its first report until it has said good-bye, or has
    /// been silent for the time of its heartbeat (10 seconds). A silo that does not answer within 2 seconds is listed as such
    /// (<see cref="WorkerInfo.IsAnswering"/>); the workers that only it knows are missing then.
    /// </summary>
    /// <exception cref="ServiceStoppedException">The service is not running.</exception>
    ValueTask<IReadOnlyList<WorkerInfo>> ListAsync(CancellationToken cancellation = default);

    /// <summary>
    /// The tasks that have due jobs and that no living worker has a handler for on their queue, the one first that has waited longest; at most
    /// <see cref="MaxUnhandledTasks"/>. That a task or queue is paused, or that all workers are busy, does not matter.
    /// </summary>
    /// <remarks>
    /// In a cluster a silo that does not answer within 2 seconds counts as handling nothing, and what waits on it is missing. A job that was
    /// enqueued in a transaction counts from when it was taken in.
    /// </remarks>
    /// <exception cref="ServiceStoppedException">The service is not running.</exception>
    ValueTask<IReadOnlyList<UnhandledTask>> ListUnhandledAsync(CancellationToken cancellation = default);
}
