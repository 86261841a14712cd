namespace Jobs.Core;

/// <summary>What a partition's runner tells its host. Called on the partition's turn, after the commit; must be quick and must not throw.</summary>
internal interface IPartitionEvents
{
    /// <summary>A change is committed.</summary>
    /// <param name="transition">The change; that of a new job has no before.</param>
    /// <param name="happened">What brought it about; null for a new job.</param>
    void Committed(JobTransition transition, JobEvent? happened);

    /// <summary>True if somebody waits for the end of a job, or for the room in its queue.</summary>
    bool IsAwaited(JobRecord job) => false;

    /// <summary>The last job that was ready has been handed out.</summary>
    void PartitionEmpty(PartitionKey partition);

    /// <summary>A job ended while its handler runs; the handler should be told.</summary>
    void StopHandler(PartitionKey partition, JobId id);

    /// <summary>The partition has stopped by a fault.</summary>
    void PartitionFailed(PartitionKey partition, Exception error);

    /// <summary>An attempt ended, but the runner was lost before that was written; whoever opens the partition next may still write it.</summary>
    /// <param name="running">The job as it was while it ran.</param>
    /// <param name="happened">How the attempt ended.</param>
    void Unwritten(JobRecord running, JobEvent happened);

    /// <summary>The runner has stopped because it must not, or cannot, go on; nothing of it is on its way to the store any more.</summary>
    void Lost(PartitionRunner runner);

    /// <summary>Jobs are ready that no worker in this process takes now. Told once, until the host says that it is to be told again.</summary>
    void WorkLeft(PartitionKey partition)
    {
    }

    /// <summary>A worker elsewhere should report: there are jobs for it, or one that it runs has ended. May be lost.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="worker">The worker's id.</param>
    void Nudge(PartitionKey partition, string worker)
    {
    }

    /// <summary>A worker elsewhere was silent for too long, and counts as lost.</summary>
    /// <param name="worker">The worker's id.</param>
    void WorkerSilent(string worker)
    {
    }

    /// <summary>A loop of the partition has been tried: reading a page, writing outcomes.</summary>
    /// <param name="loop">Which.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="error">Why it failed; null if it did not.</param>
    void Tried(JobsLoop loop, PartitionKey partition, Exception? error)
    {
    }
}
