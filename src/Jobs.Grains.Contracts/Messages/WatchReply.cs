using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>What is known of watched jobs at once; of the others the watcher is told when they end.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.WatchReply")]
public sealed record WatchReply
{
    /// <summary>Those that have ended.</summary>
    [Id(0)]
    public required JobSnapshot[] Ended { get; init; }

    /// <summary>Those that are not there.</summary>
    [Id(1)]
    public required JobId[] Missing { get; init; }
}
