namespace Jobs;

/// <summary>What an action on many jobs has done, at its end or so far.</summary>
public sealed record BulkResult
{
    /// <summary>How many failures are kept in <see cref="Failures"/>: 20.</summary>
    public const int MaxKeptFailures = 20;

    /// <summary>Jobs that were changed.</summary>
    public long Done { get; init; }

    /// <summary>Jobs that matched when they were listed, but could not do this any more: they had moved on, or are gone.</summary>
    public long Skipped { get; init; }

    /// <summary>Jobs that could not be changed although they should, as when the store was away.</summary>
    public long Failed { get; init; }

    /// <summary>The first failures, <see cref="MaxKeptFailures"/> at most.</summary>
    public IReadOnlyList<BulkFailure> Failures { get; init; } = [];

    /// <summary>The last job that was looked at; null if there was none. A call with it as <see cref="BulkOptions.After"/> goes on behind it.</summary>
    public JobId? Last { get; init; }

    /// <summary>
    /// Whether every job that matched at the start was looked at. If not, a bound was reached or the store failed: call again with
    /// <see cref="Last"/>, or from the start, which skips what is done.
    /// </summary>
    public bool IsComplete { get; init; }

    /// <summary>All jobs that were looked at.</summary>
    public long Total => Done + Skipped + Failed;
}
