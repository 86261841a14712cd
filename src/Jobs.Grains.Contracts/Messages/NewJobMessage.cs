using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>A job to be enqueued. Jobs of one request that are enqueued alike share one <see cref="JobOptionsMessage"/>.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.NewJob")]
public sealed record NewJobMessage
{
    /// <summary>The id, made by the caller's side; it names the partition.</summary>
    [Id(0)]
    public required JobId Id { get; init; }

    /// <summary>The task's name.</summary>
    [Id(1)]
    public required string Task { get; init; }

    /// <summary>The payload as it was encoded.</summary>
    [Id(2)]
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>What is said of the job.</summary>
    [Id(3)]
    public required JobOptionsMessage Options { get; init; }

    /// <summary>Whether the id is of the user's own, who wants to hear if it is taken.</summary>
    [Id(4)]
    public bool IsOwnId { get; init; }

    /// <summary>Whether somebody is about to wait for the job, so that its end is kept for him whatever the retention.</summary>
    [Id(5)]
    public bool IsAwaited { get; init; }

    /// <summary>The key of uniqueness of this job alone, made from a payload that only the client can read; null for that of the options.</summary>
    [Id(6)]
    public string? UniqueKey { get; init; }

    /// <summary>Among which jobs an id of the user's own is this one's only.</summary>
    [Id(7)]
    public JobIdScope IdScope { get; init; }

    /// <summary>
    /// The place in its partition's order of arrival of the job that ended under this id and that this one is to replace, and of no other; null
    /// before the sender was told of one (<see cref="EnqueueReply.Ended"/>).
    /// </summary>
    [Id(8)]
    public long? Replaces { get; init; }

    /// <summary>How often the job that this one replaces was handed out; null if it replaces none. Said by whoever commits, to the partition.</summary>
    [Id(9)]
    public int? ReplacedDeliveries { get; init; }
}
