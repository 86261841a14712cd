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
}
