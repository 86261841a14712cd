namespace Jobs;

/// <summary>A queue or a buffer is full and the caller did not want to wait, or waited long enough.</summary>
public sealed class QueueBusyException(QueueName queue, string limit, long allowed)
    : JobsException($"The queue '{queue}' is busy: {limit} allows {allowed:N0}. Try again later, add workers, or raise the limit.")
{
    /// <summary>The queue.</summary>
    public QueueName Queue { get; } = queue;

    /// <summary>The name of the limit that was reached, which ends with its unit.</summary>
    public string Limit { get; } = limit;

    /// <summary>The limit's value.</summary>
    public long Allowed { get; } = allowed;
}
