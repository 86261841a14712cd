using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>What the owner of a partition answers to a worker's report.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.WorkerOrders")]
public sealed record WorkerOrdersMessage
{
    /// <summary>Whether the report counts: its outcomes are committed then, or mean nothing any more.</summary>
    [Id(0)]
    public bool IsTaken { get; init; }

    /// <summary>Whether the owner does not know the worker, and wants to be told what it can do.</summary>
    [Id(1)]
    public bool WantsOffer { get; init; }

    /// <summary>Jobs to run.</summary>
    [Id(2)]
    public AssignedJobMessage[] Jobs { get; init; } = [];

    /// <summary>Running jobs that have ended otherwise, or are not this worker's.</summary>
    [Id(3)]
    public JobDeliveryMessage[] Stop { get; init; } = [];

    /// <summary>Whether more is ready for this worker.</summary>
    [Id(4)]
    public bool HasMore { get; init; }
}
