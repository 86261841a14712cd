using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>
/// What a worker tells the owner of a partition that is not in its process: everything it has of that partition, and how many jobs it takes
/// now. It has one report under way at a time.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.WorkerReport")]
public sealed record WorkerReportMessage
{
    /// <summary>Who: an id that no other worker, and no earlier life of this one, has.</summary>
    [Id(0)]
    public required string Worker { get; init; }

    /// <summary>Grows with each report of the worker.</summary>
    [Id(1)]
    public required long Number { get; init; }

    /// <summary>What the worker can do; null if the owner has been told already.</summary>
    [Id(2)]
    public WorkerOfferMessage? Offer { get; init; }

    /// <summary>How many jobs it takes now.</summary>
    [Id(3)]
    public int Slots { get; init; }

    /// <summary>Of tasks with a limit of their own, how many of those slots are for them at most; null for none.</summary>
    [Id(4)]
    public KeyValuePair<string, int>[]? TaskSlots { get; init; }

    /// <summary>What it is running.</summary>
    [Id(5)]
    public JobDeliveryMessage[] Running { get; init; } = [];

    /// <summary>Ends that no owner has acknowledged.</summary>
    [Id(6)]
    public AttemptEndMessage[] Outcomes { get; init; } = [];

    /// <summary>What running handlers have written, where it has changed; null for nothing.</summary>
    [Id(7)]
    public AttemptNotesMessage[]? Notes { get; init; }

    /// <summary>Whether the worker goes away, or has no more use for this partition.</summary>
    [Id(8)]
    public bool IsLast { get; init; }

    /// <summary>How to call the worker when there is something for it; null for one in a silo, or if it was told with the offer before.</summary>
    [Id(9)]
    public IJobWorker? Listener { get; init; }

    /// <summary>Whether the worker stops, and takes nothing more.</summary>
    [Id(10)]
    public bool IsDraining { get; init; }
}
