namespace Jobs.Core;

/// <summary>How much is kept of a queue's jobs that ended in one way; what is beyond it goes when the store is pruned, the oldest first.</summary>
/// <param name="MaxRecords">Records kept, the latest ones; null for no limit, 0 for none.</param>
/// <param name="MaxAge">How long after its end a record is kept; null for no limit.</param>
public sealed record HistoryLimit(long? MaxRecords = null, TimeSpan? MaxAge = null);
