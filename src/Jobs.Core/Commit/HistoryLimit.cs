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
public sealed record HistoryLimit(long? MaxRecords = null, TimeSpan? MaxAge = null, TimeSpan? MaxPayloadAge = null);
