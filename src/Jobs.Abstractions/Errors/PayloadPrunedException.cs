namespace Jobs;

/// <summary>A finished job cannot run again, because its payload was removed when its time was over; nothing was changed.</summary>
public sealed class PayloadPrunedException(JobId id, DateTimeOffset prunedAt)
    : JobsException($"The job {id} cannot be retried: its payload was removed at {prunedAt:O}. Enqueue a new job with the payload, "
        + "or have the queue keep payloads for longer (HistoryLimit.MaxPayloadAge).")
{
    /// <summary>The job.</summary>
    public JobId Id { get; } = id;

    /// <summary>When the payload was removed.</summary>
    public DateTimeOffset PrunedAt { get; } = prunedAt;
}
