using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>What a handler has written during one attempt.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.AttemptNotes")]
public sealed record AttemptNotesMessage
{
    /// <summary>The delivery.</summary>
    [Id(0)]
    public required JobDeliveryMessage Delivery { get; init; }

    /// <summary>The lines, oldest first; null for none.</summary>
    [Id(1)]
    public JobLogLine[]? Log { get; init; }

    /// <summary>The latest progress; null for none.</summary>
    [Id(2)]
    public JobProgress? Progress { get; init; }
}
