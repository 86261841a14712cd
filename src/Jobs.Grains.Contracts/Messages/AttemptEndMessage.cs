using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>The end of an attempt on a worker that is not in the process of the partition's owner.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.AttemptEnd")]
public sealed record AttemptEndMessage
{
    /// <summary>The delivery that the attempt belongs to.</summary>
    [Id(0)]
    public required JobDeliveryMessage Delivery { get; init; }

    /// <summary>How it ended.</summary>
    [Id(1)]
    public required AttemptEndKind Kind { get; init; }

    /// <summary>What the attempt has written; null for nothing.</summary>
    [Id(2)]
    public AttemptNotesMessage? Notes { get; init; }

    /// <summary>The result of one that succeeded, or the new payload of one that is to run again, as it was encoded; null for none.</summary>
    [Id(3)]
    public ReadOnlyMemory<byte>? Bytes { get; init; }

    /// <summary>Why it failed; null if it did not.</summary>
    [Id(4)]
    public JobError? Error { get; init; }

    /// <summary>When the next attempt would be due, or when the handler wants to run again.</summary>
    [Id(5)]
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>Whether another attempt may follow one that failed.</summary>
    [Id(6)]
    public bool IsRetryable { get; init; }

    /// <summary>Why the handler gave the job up; null if it did not.</summary>
    [Id(7)]
    public string? Reason { get; init; }
}
