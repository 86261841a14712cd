using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>How an attempt ended.</summary>
[GenerateSerializer]
[Alias("jobs.AttemptEndKind")]
public enum AttemptEndKind
{
    /// <summary>The handler is done.</summary>
    Succeeded = 0,

    /// <summary>It failed.</summary>
    Failed = 1,

    /// <summary>The handler wants to run again later.</summary>
    Snoozed = 2,

    /// <summary>The handler gave the job up.</summary>
    Dropped = 3,

    /// <summary>The worker gave the job back.</summary>
    GivenBack = 4,
}
