namespace Jobs.Core;

/// <summary>What a partition's runner tells its host. Called on the partition's turn, after the commit; must be quick and must not throw.</summary>
internal interface IPartitionEvents
{
    /// <summary>A change is committed.</summary>
    /// <param name="transition">The change; that of a new job has no before.</param>
    /// <param name="happened">What brought it about; null for a new job.</param>
    void Committed(JobTransition transition, JobEvent? happened);

    /// <summary>The last job that was ready has been handed out.</summary>
    void PartitionEmpty(PartitionKey partition);

    /// <summary>A job ended while its handler runs; the handler should be told.</summary>
    void StopHandler(PartitionKey partition, JobId id);

    /// <summary>The partition has stopped by a fault.</summary>
    void PartitionFailed(PartitionKey partition, Exception error);

    /// <summary>The partition has another owner.</summary>
    void Fenced(PartitionKey partition);
}
