namespace Jobs.Core;

/// <summary>
/// How much is kept of a queue's jobs that ended in one way; what is beyond it goes when the store is pruned, the oldest first. Payloads may
/// go before their records do: the record then says when (<see cref="JobSnapshot.PayloadPrunedAt"/>), and keeps everything else.
/// </summary>
/// <param name="MaxRecords">Records kept, the latest ones; null for no limit, 0 for none.</param>
/// <param name="MaxAge">How long after its end a record is kept; null for no limit.</param>
/// <param name="MaxPayloadAge">
/// How long after its end the payload of a job is kept; null for as long as the record. A job whose payload is gone cannot be retried.
/// </param>
/// <param name="MaxBytes">
/// Bytes kept, at least 1; null for no limit. A record counts as its payload, its result and <see cref="RecordBytes"/> for the rest; what indexes
/// and the store's own form take is not counted. When there is more, the oldest records go until at most 90 % of it is left. Looked at once
/// an hour, because that reads all records of the outcome: in between there may be more.
/// </param>
public sealed record HistoryLimit(long? MaxRecords = null, TimeSpan? MaxAge = null, TimeSpan? MaxPayloadAge = null, long? MaxBytes = null)
{
    /// <summary>What a record counts as against <see cref="MaxBytes"/> besides its payload and its result; the same for all stores.</summary>
    public const int RecordBytes = 500;

    /// <summary>How many bytes may be left of a size that was passed: 90 %, rounded up.</summary>
    public static long BytesLeft(long maxBytes) => maxBytes - (maxBytes / 10);
}
