namespace Jobs.Core;

/// <summary>
/// What a worker tells the owner of a partition that is not in its process: everything it has of that partition. A worker has one report under
/// way at a time, and takes nothing from an answer that it has given up waiting for.
/// </summary>
internal sealed record WorkerReport
{
    /// <summary>Who: an id that no other worker, and no earlier life of this one, has.</summary>
    internal required string Worker { get; init; }

    /// <summary>Counts the worker's reports to this partition.</summary>
    internal required long Number { get; init; }

    /// <summary>What the worker can do; null if the owner has been told already.</summary>
    internal WorkerOffer? Offer { get; init; }

    /// <summary>How many jobs it takes now: slots that are set aside until the answer comes.</summary>
    internal int Slots { get; init; }

    /// <summary>Of tasks that have a limit of their own, how many of those slots are for them at most.</summary>
    internal IReadOnlyDictionary<string, int> TaskSlots { get; init; } = new Dictionary<string, int>();

    /// <summary>What it is running.</summary>
    internal IReadOnlyList<JobDelivery> Running { get; init; } = [];

    /// <summary>Ends that no owner has acknowledged.</summary>
    internal IReadOnlyList<WorkerOutcome> Outcomes { get; init; } = [];

    /// <summary>What running handlers have written, where it has changed.</summary>
    internal IReadOnlyList<(JobDelivery Delivery, AttemptNotes Notes)> Notes { get; init; } = [];

    /// <summary>Whether the worker stops, and takes nothing more.</summary>
    internal bool IsDraining { get; init; }

    /// <summary>Whether the worker goes away, or has no more use for this partition.</summary>
    internal bool IsLast { get; init; }
}
