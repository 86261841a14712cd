using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>Places that a partition holds for jobs which somebody else commits.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.Reservation")]
public sealed record Reservation
{
    /// <summary>The number of the reservation.</summary>
    [Id(0)]
    public required long Number { get; init; }

    /// <summary>The partition's epoch: the fence of the commit.</summary>
    [Id(1)]
    public required long Epoch { get; init; }

    /// <summary>The place of the first job in the partition's order of arrival; the others follow it.</summary>
    [Id(2)]
    public required long FirstSequence { get; init; }

    /// <summary>The time at which the jobs count as enqueued.</summary>
    [Id(3)]
    public required DateTimeOffset EnqueuedAt { get; init; }
}
