namespace Jobs.Core;

/// <summary>What a store is to remove of its finished jobs, or to keep without their payloads.</summary>
/// <param name="Now">The time that decides whether a record's retention is over.</param>
public sealed record PruneRequest(DateTimeOffset Now)
{
    /// <summary>Records removed or emptied by one call; default 5,000. Whole days that a store drops do not count.</summary>
    public int MaxRecords { get; init; } = 5_000;

    /// <summary>Limits of queues; default none. Of limits by size a store knows nothing but the <see cref="SizeCuts"/>.</summary>
    public IReadOnlyDictionary<QueueName, HistoryLimits> Limits { get; init; } = new Dictionary<QueueName, HistoryLimits>();

    /// <summary>
    /// Up to which record those of an outcome go because they are too large, as <see cref="IJobStore.FindSizeCutAsync"/> said; default none, and
    /// only for outcomes that <see cref="Limits"/> has.
    /// </summary>
    public IReadOnlyDictionary<(QueueName Queue, JobState State), HistoryPlace> SizeCuts { get; init; } =
        new Dictionary<(QueueName Queue, JobState State), HistoryPlace>();

    /// <summary>Up to which record those of an outcome go by their age or by their size; null if none does.</summary>
    public HistoryPlace? LastBeyond(QueueName queue, JobState state, HistoryLimit limit)
    {
        ArgumentNullException.ThrowIfNull(limit);
        HistoryPlace? bySize = SizeCuts.TryGetValue((queue, state), out var cut) ? cut : null;
        return HistoryPlace.LaterOf(HistoryPlace.LastOf(limit.MaxAge, Now), bySize);
    }
}
