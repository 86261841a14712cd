using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>Asks to be told of the end of jobs of one partition.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.WatchRequest")]
public sealed record WatchRequest
{
    /// <summary>Who is to be told.</summary>
    [Id(0)]
    public required IJobWatcher Watcher { get; init; }

    /// <summary>Jobs that it asks for the first time.</summary>
    [Id(1)]
    public required JobId[] Jobs { get; init; }

    /// <summary>Jobs that it has asked for or was to be told of before; it may have missed the end of those that are not stored.</summary>
    [Id(2)]
    public required JobId[] Again { get; init; }
}
