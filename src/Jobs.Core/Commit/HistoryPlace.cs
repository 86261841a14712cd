namespace Jobs.Core;

/// <summary>Where a finished job stands among those of its queue that ended in the same way, the oldest first.</summary>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Sequence">Of those that ended at once, its place in the order of their enqueueing.</param>
/// <param name="Partition">Of those that this leaves equal, a number of the partition; only the store that gave it knows whose.</param>
public readonly record struct HistoryPlace(DateTimeOffset FinishedAt, long Sequence, int Partition)
{
    /// <summary>The place behind all that ended an age ago or earlier; null if nothing can be that old, or if there is no such limit.</summary>
    public static HistoryPlace? LastOf(TimeSpan? age, DateTimeOffset now) => age is { } kept && now - DateTimeOffset.MinValue > kept
        ? new HistoryPlace(now - kept, long.MaxValue, int.MaxValue)
        : null;

    /// <summary>The later of two places, of which none need be there.</summary>
    public static HistoryPlace? LaterOf(HistoryPlace? one, HistoryPlace? other) =>
        one is { } a && other is { } b ? (a.CompareTo(b) < 0 ? b : a) : one ?? other;

    internal int CompareTo(HistoryPlace other) =>
        (FinishedAt, Sequence, Partition).CompareTo((other.FinishedAt, other.Sequence, other.Partition));
}
