using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>A job for a worker to run.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.AssignedJob")]
public sealed record AssignedJobMessage
{
    /// <summary>The job.</summary>
    [Id(0)]
    public required JobId Id { get; init; }

    /// <summary>The task's name.</summary>
    [Id(1)]
    public required string Task { get; init; }

    /// <summary>The queue.</summary>
    [Id(2)]
    public required QueueName Queue { get; init; }

    /// <summary>The group; null for none.</summary>
    [Id(3)]
    public string? GroupKey { get; init; }

    /// <summary>The labels; null for none.</summary>
    [Id(4)]
    public string[]? Tags { get; init; }

    /// <summary>What else was agreed at enqueue, as databases keep it.</summary>
    [Id(5)]
    public required string Terms { get; init; }

    /// <summary>The payload as it is stored.</summary>
    [Id(6)]
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Errors, log lines, progress, as databases keep them; null for none.</summary>
    [Id(7)]
    public string? Notes { get; init; }

    /// <summary>The place in the partition's order of arrival.</summary>
    [Id(8)]
    public long Sequence { get; init; }

    /// <summary>When it was enqueued.</summary>
    [Id(9)]
    public required DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>When it was due.</summary>
    [Id(10)]
    public required DateTimeOffset RunAt { get; init; }

    /// <summary>When it was handed out.</summary>
    [Id(11)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How urgent it is.</summary>
    [Id(12)]
    public int Priority { get; init; }

    /// <summary>The key of uniqueness; null for none.</summary>
    [Id(13)]
    public string? UniqueKey { get; init; }

    /// <summary>Attempts that failed.</summary>
    [Id(14)]
    public int Failures { get; init; }

    /// <summary>How often it was handed out, this time included.</summary>
    [Id(15)]
    public required int Deliveries { get; init; }

    /// <summary>How often its worker was lost.</summary>
    [Id(16)]
    public int LostDeliveries { get; init; }

    /// <summary>The number of this attempt.</summary>
    [Id(17)]
    public int Attempt { get; init; }

    /// <summary>The worker's name.</summary>
    [Id(18)]
    public string? Worker { get; init; }
}
