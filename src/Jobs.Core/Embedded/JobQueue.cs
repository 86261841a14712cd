namespace Jobs.Core;

/// <summary>A queue as this process serves it: its partitions, as far as it owns them, its worker, and how full it is.</summary>
internal sealed partial class JobQueue(QueueName name, QueueOptions options, QueueWorker? worker)
{
    private readonly Lock _gate = new();
    private long _unfinished;
    private uint _spread;
    private bool _closed;

    internal QueueName Name { get; } = name;

    internal QueueOptions Options { get; private set; } = options;

    internal QueueWorker? Worker { get; } = worker;

    /// <summary>Unfinished jobs, and those that are on their way to the store.</summary>
    internal long UnfinishedJobs => Volatile.Read(ref _unfinished);

    /// <summary>Serves the queue by other options; its partitions and their order stay as they are.</summary>
    internal void Change(QueueOptions changed)
    {
        Options = changed;
        Worker?.SetConcurrency(changed.Concurrency);
        foreach (var partition in Partitions) partition.Post(PartitionMail.Wake.Instance);

        // Whoever waits for room looks again, in case there is more of it.
        Release(0);
    }

    /// <summary>Counts the jobs of a partition that this process begins to own.</summary>
    /// <remarks>
    /// A process that stays the owner has gone on counting. One that was replaced and comes back knows the count of a queue's only
    /// partition again; of several it keeps what it had.
    /// </remarks>
    internal void Opened(bool isFirstTime, PartitionOpening opening)
    {
        if (isFirstTime) Add(opening.UnfinishedJobs);
        else if (opening.Before is not OwnerBefore.Same && Seats.Count == 1) Interlocked.Exchange(ref _unfinished, opening.UnfinishedJobs);
    }

    /// <summary>Counts jobs that came back from their end; they are let in even when the queue is full.</summary>
    internal void Add(long jobs) => Interlocked.Add(ref _unfinished, jobs);

    /// <summary>Whether so many jobs would be let in at once, if nobody else came.</summary>
    internal bool HasRoom(int jobs) => Volatile.Read(ref _unfinished) + jobs <= Options.CapacityJobs;

    /// <summary>Wakes partitions that had a job and no slot for it. A queue's only partition is woken by the outcome itself.</summary>
    internal void WakeHungry(bool alsoOnlyPartition)
    {
        if (Seats.Count == 1 && !alsoOnlyPartition) return;
        foreach (var partition in Partitions)
        {
            if (partition.IsHungry) partition.Post(PartitionMail.Wake.Instance);
        }
    }
}
