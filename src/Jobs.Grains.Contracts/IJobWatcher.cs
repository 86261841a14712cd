using Orleans;
using Orleans.Concurrency;

namespace Jobs.Grains.Contracts;

/// <summary>
/// Whoever waits for jobs in one process: one watcher for all of them. What it is told may be lost, so it asks again now and then
/// (<see cref="IQueuePartition.WatchAsync"/>).
/// </summary>
[Alias("jobs.IJobWatcher")]
public interface IJobWatcher : IGrainObserver
{
    /// <summary>Jobs have ended: those of one commit, as a rule.</summary>
    [OneWay]
    [Alias("Ended")]
    Task EndedAsync(JobSnapshot[] jobs);

    /// <summary>
    /// Jobs have ended on a silo that stops, and goes once this was answered: there may be nobody left to be asked for them later.
    /// </summary>
    [Alias("EndedLast")]
    Task EndedLastAsync(JobSnapshot[] jobs);

    /// <summary>The partition of these jobs goes elsewhere; the next owner has to be asked.</summary>
    [OneWay]
    [Alias("AskAgain")]
    Task AskAgainAsync(JobId[] jobs);
}
