namespace Jobs;

/// <summary>Another process serves the queue on the same store, and one process at a time can.</summary>
public sealed class QueueOwnedElsewhereException(QueueName queue, string owner)
    : JobsException($"The queue '{queue}' is served by '{owner}', which is alive. One process at a time serves a queue of an embedded service; "
        + "this one takes over when the other one stops. Stop it, use a schema or file of your own, or run a cluster to share queues.")
{
    /// <summary>The queue.</summary>
    public QueueName Queue { get; } = queue;

    /// <summary>The owner's name: its worker name, and what tells its lives apart.</summary>
    public string Owner { get; } = owner;
}
