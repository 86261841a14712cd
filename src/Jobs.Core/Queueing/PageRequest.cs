namespace Jobs.Core;

/// <summary>What a partition wants to read from its store.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Kind">Which order.</param>
/// <param name="Name">The task of <see cref="PageKind.Ready"/> and <see cref="PageKind.Limited"/>, the key of <see cref="PageKind.Group"/>, else empty.</param>
/// <param name="From">The first place that is wanted.</param>
/// <param name="MaxJobs">How many jobs at most.</param>
/// <param name="Strategy">The order of <see cref="PageKind.Ready"/>.</param>
/// <param name="AsOf">The time that decides which jobs are due; without meaning for <see cref="PageKind.Due"/>.</param>
public sealed record PageRequest(
    PartitionKey Partition, PageKind Kind, string Name, OrderKey From, int MaxJobs, PollStrategy Strategy, DateTimeOffset AsOf)
{
    /// <summary>The limit key of <see cref="PageKind.Limited"/>; else null.</summary>
    public string? LimitKey { get; init; }

    /// <summary>When the partition asked, in its own count of changes.</summary>
    internal long Number { get; init; }

    /// <summary>The job's place in the order of this page.</summary>
    public OrderKey KeyOf(JobRecord job) => Kind switch
    {
        PageKind.Ready or PageKind.Limited => OrderKey.Ready(job, Strategy),
        PageKind.Due => OrderKey.Due(job),
        _ => OrderKey.Group(job),
    };
}
