namespace Jobs;

/// <summary>
/// Publishes messages, and nothing else: for code that is to know nothing of who gets them. <see cref="ITopicClient"/> is one, and a host's
/// services have it under this name too. Safe for many threads.
/// </summary>
public interface ITopicPublisher
{
    /// <summary>
    /// Publishes a message. When this returns, it is committed for each durable subscription, and in the buffer of each listener that it
    /// reached.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="message">The message; not null.</param>
    /// <param name="configure">What is said for the jobs of durable subscriptions; their queue is the subscription's whatever is said.</param>
    /// <param name="cancellation">Gives up waiting for the commit. It cancels no handler.</param>
    /// <returns>Whom it reached. Subscriptions that another process has added or removed are known within seconds.</returns>
    /// <exception cref="PayloadEncodingException">The message cannot be encoded; it has reached nobody.</exception>
    /// <exception cref="LimitExceededException">It is too large; it has reached nobody.</exception>
    /// <exception cref="ServiceStoppedException">The service is not running.</exception>
    ValueTask<PublishReceipt> PublishAsync<TMessage>(
        Topic<TMessage> topic, TMessage message, Action<EnqueueOptions>? configure = null, CancellationToken cancellation = default);
}
