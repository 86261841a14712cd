namespace Jobs.Core;

/// <summary>Bounds of the in-memory store.</summary>
public sealed record InMemoryStoreOptions
{
    /// <summary>Finished records kept of each queue beside the dead ones, whatever their retention says; default 100,000. The oldest go first.</summary>
    public int MaxFinishedJobs { get; init; } = 100_000;

    /// <summary>Dead jobs kept of each queue; default 100,000. The oldest go first.</summary>
    public int MaxDeadJobs { get; init; } = 100_000;
}
