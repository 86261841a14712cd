namespace Jobs;

/// <summary>A living worker: a process that has handlers and runs jobs.</summary>
public sealed record WorkerInfo
{
    /// <summary>An id that no other worker has, nor an earlier life of this one. In a cluster, a silo's address.</summary>
    public required string Id { get; init; }

    /// <summary>Its name, as <see cref="JobSnapshot.Worker"/> says it; the id of a silo that does not answer.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is.</summary>
    public required WorkerPlace Place { get; init; }

    /// <summary>The version of its code; null if it does not tell.</summary>
    public string? CodeVersion { get; init; }

    /// <summary>The tasks it has handlers for, by each of their names, sorted.</summary>
    public IReadOnlyList<string> Tasks { get; init; } = [];

    /// <summary>
    /// The queues it serves, sorted by name: those that were described with a concurrency, and those that were used. Of other queues an engine or
    /// a silo runs jobs as soon as there are any, unless its queues were changed since its start.
    /// </summary>
    public IReadOnlyList<WorkerQueue> Queues { get; init; } = [];

    /// <summary>How many jobs it runs now.</summary>
    public int RunningJobs => Queues.Sum(queue => queue.RunningJobs);

    /// <summary>Since when it is there; null if it does not tell.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was heard of last; null for a silo that does not answer.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>Whether it stops: what it runs may finish, and it takes nothing more.</summary>
    public bool IsDraining { get; init; }

    /// <summary>False for a silo that is a member of the cluster and does not answer in time: nothing else is known of it then.</summary>
    public bool IsAnswering { get; init; } = true;
}
