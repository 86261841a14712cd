namespace Jobs.Core;

/// <summary>What the owner of a partition answers to a worker's report.</summary>
internal sealed record WorkerOrders
{
    /// <summary>Whether the report counts. If it does, its outcomes are committed, or mean nothing any more; if not, it came too late.</summary>
    internal bool IsTaken { get; init; } = true;

    /// <summary>Whether the owner does not know the worker, and wants to be told what it can do.</summary>
    internal bool WantsOffer { get; init; }

    /// <summary>Jobs to run.</summary>
    internal IReadOnlyList<JobRecord> Jobs { get; init; } = [];

    /// <summary>Running jobs that have ended otherwise, or are not this worker's.</summary>
    internal IReadOnlyList<JobDelivery> Stop { get; init; } = [];

    /// <summary>Whether more is ready for this worker; it is told again only after it was told that there is not.</summary>
    internal bool HasMore { get; init; }
}
