using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>What the holder of a lease says of it.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.LeaseAnswer")]
public sealed record LeaseAnswer
{
    /// <summary>The job.</summary>
    [Id(0)]
    public required JobId Job { get; init; }

    /// <summary>The number of the delivery.</summary>
    [Id(1)]
    public required int Delivery { get; init; }

    /// <summary>What is said.</summary>
    [Id(2)]
    public required LeaseAnswerKind Kind { get; init; }

    /// <summary>The result as it was encoded; null for none.</summary>
    [Id(3)]
    public ReadOnlyMemory<byte>? Result { get; init; }

    /// <summary>When a job that failed is due again, from now; null means after its backoff.</summary>
    [Id(4)]
    public TimeSpan? Delay { get; init; }

    /// <summary>Why it failed, or is dead.</summary>
    [Id(5)]
    public string? Error { get; init; }

    /// <summary>How long the lease shall last from now on.</summary>
    [Id(6)]
    public TimeSpan Length { get; init; }

    /// <summary>True if it is not known what became of the same answer before: if that one counted, this one is taken as done.</summary>
    [Id(7)]
    public bool IsRepeated { get; init; }

    internal LeaseToken Lease => new(Job, Delivery);
}
