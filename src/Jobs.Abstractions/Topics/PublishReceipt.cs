namespace Jobs;

/// <summary>Whom a message has reached.</summary>
public sealed record PublishReceipt
{
    /// <summary>A job for each durable subscription, committed together.</summary>
    public IReadOnlyList<JobHandle> Jobs { get; init; } = [];

    /// <summary>Durable subscriptions that have the message for sure.</summary>
    public int Durable => Jobs.Count;

    /// <summary>
    /// Listeners that have the message in their buffer, those of a cluster's other processes included; what becomes of it there nobody is told.
    /// </summary>
    public int Listeners { get; init; }

    /// <summary>Listeners that missed the message, because their buffer was full.</summary>
    public int Dropped { get; init; }

    /// <summary>How many it reached; zero if nobody listened, and then the message is gone.</summary>
    public int Reached => Durable + Listeners;
}
