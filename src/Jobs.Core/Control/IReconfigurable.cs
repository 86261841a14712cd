namespace Jobs.Core;

/// <summary>Whoever hosts queues and workers in this process, as its control changes them.</summary>
internal interface IReconfigurable
{
    /// <summary>The queues that are open here, sorted by name.</summary>
    IReadOnlyList<ServedQueue> ServedQueues { get; }

    /// <summary>Makes one change after the other, and none while the service does not run.</summary>
    Task ReconfigureAsync(Func<Task> change, CancellationToken cancellation);

    /// <summary>A queue's options as they are now.</summary>
    QueueOptions OptionsOf(QueueName queue);

    /// <summary>Refuses what cannot be changed while the queue is open.</summary>
    void RequireChangeable(QueueName queue, QueueOptions options);

    /// <summary>Serves a queue by these options from now on.</summary>
    Task ServeAsync(QueueName queue, QueueOptions options, CancellationToken cancellation);

    /// <summary>Replaces all handlers, and says of all queues whether they are served.</summary>
    Task UpgradeAsync(Action<JobsUpgrade> describe, CancellationToken cancellation);

    /// <summary>Waits until no job of the queue runs here; false if the time was over first.</summary>
    Task<bool> WhenQueueRestsAsync(QueueName name, TimeSpan? patience, CancellationToken cancellation);
}
