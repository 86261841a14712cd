namespace Jobs.Core;

/// <summary>What a store is to remove of its finished jobs, or to keep without their payloads.</summary>
/// <param name="Now">The time that decides whether a record's retention is over.</param>
public sealed record PruneRequest(DateTimeOffset Now)
{
    /// <summary>Records removed or emptied by one call; default 5,000. Whole days that a store drops do not count.</summary>
    public int MaxRecords { get; init; } = 5_000;

    /// <summary>Limits of queues; default none.</summary>
    public IReadOnlyDictionary<QueueName, HistoryLimits> Limits { get; init; } = new Dictionary<QueueName, HistoryLimits>();
}
