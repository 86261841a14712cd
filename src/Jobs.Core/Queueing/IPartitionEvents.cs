namespace Jobs.Core;

/// <summary>What a partition's runner tells its host. Called on the partition's turn, after the commit; must be quick and must not throw.</summary>
internal interface IPartitionEvents
{
    /// <summary>A change is committed. For a new job the transition has no before.</summary>
    void Committed(JobTransition transition);

    /// <summary>The last job that was ready has been handed out.</summary>
    void PartitionEmpty(PartitionKey partition);

    /// <summary>A job ended while its handler runs; the handler should be told.</summary>
    void StopHandler(PartitionKey partition, JobId id);

    /// <summary>The partition has another owner.</summary>
    void Fenced(PartitionKey partition);
}
