namespace Jobs.Core.Tests.Workers;

/// <summary>A partition's host that does nothing about what it is told, except that a fault of the partition fails the test.</summary>
internal abstract class UnheardEvents : IPartitionEvents
{
    public virtual void Nudge(PartitionKey partition, string worker)
    {
    }

    public void Committed(JobTransition transition, JobEvent? happened)
    {
    }

    public void PartitionEmpty(PartitionKey partition)
    {
    }

    public void StopHandler(PartitionKey partition, JobId id)
    {
    }

    public void PartitionFailed(PartitionKey partition, Exception error) => throw error;

    public void Unwritten(JobRecord running, JobEvent happened)
    {
    }

    public void Lost(PartitionRunner runner)
    {
    }
}
