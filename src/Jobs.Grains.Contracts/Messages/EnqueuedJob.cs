using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>A job that was enqueued through <see cref="ITask"/>.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.EnqueuedJob")]
public sealed record EnqueuedJob
{
    /// <summary>Its id.</summary>
    [Id(0)]
    public required JobId Id { get; init; }

    /// <summary>Whether it is an unfinished one with the same unique key, and nothing was enqueued.</summary>
    [Id(1)]
    public bool AlreadyExisted { get; init; }
}
