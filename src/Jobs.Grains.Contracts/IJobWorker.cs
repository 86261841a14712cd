using Orleans;
using Orleans.Concurrency;

namespace Jobs.Grains.Contracts;

/// <summary>A worker in a process outside of the silos, as they call it. What it is told may be lost, so it reports now and then anyway.</summary>
[Alias("jobs.IJobWorker")]
public interface IJobWorker : IGrainObserver
{
    /// <summary>A partition has jobs for the worker, or something to tell it: it should report.</summary>
    [OneWay]
    [Alias("Come")]
    Task ComeAsync(QueueName queue, int partition);
}
