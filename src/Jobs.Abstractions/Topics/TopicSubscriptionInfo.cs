namespace Jobs;

/// <summary>A subscription as it is now.</summary>
public sealed record TopicSubscriptionInfo
{
    /// <summary>The topic's name.</summary>
    public required string Topic { get; init; }

    /// <summary>Its own name.</summary>
    public required string Name { get; init; }

    /// <summary>True for a durable one, false for a listener of this process.</summary>
    public required bool IsDurable { get; init; }

    /// <summary>Since when it is there.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Of a durable one: the queue of its jobs, where they are counted.</summary>
    public QueueName? Queue { get; init; }

    /// <summary>Of a durable one: the task of its jobs.</summary>
    public string? Task { get; init; }

    /// <summary>Of a listener: messages that its handler is done with.</summary>
    public long Handled { get; init; }

    /// <summary>Of a listener: messages that could not be decoded or whose handler threw.</summary>
    public long Failed { get; init; }

    /// <summary>Of a listener: messages that found its buffer full.</summary>
    public long Dropped { get; init; }

    /// <summary>Of a listener: messages that wait for it.</summary>
    public int Waiting { get; init; }

    /// <summary>Of a listener: the latest error; null if there was none.</summary>
    public string? LastError { get; init; }
}
