using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>A job that a worker has.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.HeldJob")]
public sealed record HeldJobMessage
{
    /// <summary>The delivery.</summary>
    [Id(0)]
    public required JobDeliveryMessage Delivery { get; init; }

    /// <summary>When the attempt started.</summary>
    [Id(1)]
    public required DateTimeOffset StartedAt { get; init; }
}
