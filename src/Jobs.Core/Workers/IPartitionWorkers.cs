namespace Jobs.Core;

/// <summary>What a host with workers in other processes hears of its partitions. Called on a partition's turn; must be quick and must not throw.</summary>
internal interface IPartitionWorkers
{
    /// <inheritdoc cref="IPartitionEvents.Unwritten"/>
    void Unwritten(JobRecord running, JobEvent happened);

    /// <inheritdoc cref="IPartitionEvents.WorkLeft"/>
    void WorkLeft(PartitionKey partition);

    /// <inheritdoc cref="IPartitionEvents.Nudge"/>
    void Nudge(PartitionKey partition, string worker);

    /// <inheritdoc cref="IPartitionEvents.WorkerSilent"/>
    void WorkerSilent(string worker);
}
