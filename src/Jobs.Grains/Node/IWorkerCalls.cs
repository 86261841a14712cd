using Jobs.Core;

namespace Jobs.Grains.Node;

/// <summary>The way from a silo's part of the service to the other silos, and to workers in other processes.</summary>
internal interface IWorkerCalls : IPartitionGate
{
    /// <summary>This silo's id as a worker.</summary>
    string Id { get; }

    /// <summary>
    /// Tells every living silo that this one owns a partition under an epoch, and returns what their workers have of it. A silo that dies meanwhile
    /// is not waited for, and no silo is waited for long.
    /// </summary>
    Task<IReadOnlyList<HeldJobs>> AskHeldAsync(PartitionKey partition, long epoch, CancellationToken cancellation);

    /// <summary>Whether a worker may still be there: a silo that is not known to be dead, or a worker outside of the silos.</summary>
    bool MayLive(string worker);

    /// <summary>Tells the other silos that a partition has jobs which no worker of its own silo takes now.</summary>
    void CallSilos(PartitionKey partition);

    /// <summary>A worker outside of the silos is gone, as far as a partition here knows.</summary>
    void Forget(string worker);

    /// <summary>Tells one worker that there is something for it.</summary>
    void Nudge(PartitionKey partition, string worker);
}
