using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>Everything that a worker has of a partition when the partition is opened anew.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.HeldJobs")]
public sealed record HeldJobsMessage
{
    /// <summary>The worker's id.</summary>
    [Id(0)]
    public required string Worker { get; init; }

    /// <summary>Its name, as jobs keep it.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>The version of its code; null if it is not told.</summary>
    [Id(2)]
    public string? CodeVersion { get; init; }

    /// <summary>The number of its last report; what comes under this number or an earlier one is older than this.</summary>
    [Id(3)]
    public required long LastReport { get; init; }

    /// <summary>The jobs, whether they still run or have ended without that being written.</summary>
    [Id(4)]
    public required HeldJobMessage[] Jobs { get; init; }
}
