namespace Jobs.Core;

/// <summary>Bounds of the commit pipeline.</summary>
public sealed record CommitLimits
{
    /// <summary>Changes that wait for the store before callers wait too; default 100,000.</summary>
    public int MaxQueuedChanges { get; init; } = 100_000;
}
