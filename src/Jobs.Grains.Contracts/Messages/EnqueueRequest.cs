using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>New jobs of one partition.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.EnqueueRequest")]
public sealed record EnqueueRequest
{
    /// <summary>The queue.</summary>
    [Id(0)]
    public required QueueName Queue { get; init; }

    /// <summary>The partition of the queue.</summary>
    [Id(1)]
    public required int Partition { get; init; }

    /// <summary>The jobs.</summary>
    [Id(2)]
    public required NewJobMessage[] Jobs { get; init; }

    /// <summary>True if the fate of an earlier request with the same ids is not known: those that are there already are taken as done.</summary>
    [Id(3)]
    public bool IsRepeated { get; init; }

    /// <summary>The request that jobs belong to which name none; null has the service make one.</summary>
    [Id(4)]
    public string? RequestId { get; init; }

    /// <summary>
    /// Requests of other callers to the same partition, which share the message. Each is committed or refused by itself, and answered in
    /// <see cref="EnqueueReply.Others"/>; a silo that answers none of them has not touched them.
    /// </summary>
    [Id(5)]
    public EnqueueRequest[]? Others { get; init; }

    /// <summary>Who is told of the end of jobs that are <see cref="NewJobMessage.IsAwaited"/>; null if there are none.</summary>
    [Id(6)]
    public IJobWatcher? Watcher { get; init; }

    /// <summary>For a repeated request: how long ago it was sent first, by the sender's own clock; null if it is not told.</summary>
    [Id(7)]
    public TimeSpan? SentAgo { get; init; }
}
