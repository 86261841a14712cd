using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>One delivery of a job to a worker.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.JobDelivery")]
public readonly record struct JobDeliveryMessage
{
    /// <summary>The job.</summary>
    [Id(0)]
    public required JobId Job { get; init; }

    /// <summary>Which of its deliveries.</summary>
    [Id(1)]
    public required int Number { get; init; }
}
