namespace Jobs.Core;

/// <summary>Bounds of the commit pipeline.</summary>
public sealed record CommitLimits
{
    /// <summary>Changes that wait for the store before callers wait too; default 100,000.</summary>
    public int MaxQueuedChanges { get; init; } = 100_000;

    /// <summary>
    /// How long the end of a job that nothing waits for may wait for others, when the store has nothing else to do; default 5 milliseconds,
    /// zero for not at all. Each commit has the disk busy for a while, and a new job that comes meanwhile has to wait for that. It concerns
    /// stores that commit new jobs beside other changes (<see cref="StoreCapabilities.HasIntakeLane"/>).
    /// </summary>
    public TimeSpan GatherTime { get; init; } = TimeSpan.FromMilliseconds(5);
}
