namespace Jobs;

/// <summary>Publishing in one word.</summary>
public static class TopicClientExtensions
{
    /// <summary>Publishes a message to every subscription of a topic; see <see cref="ITopicPublisher.PublishAsync"/>.</summary>
    public static ValueTask<PublishReceipt> PublishAsync<TMessage>(
        this IJobClient client, Topic<TMessage> topic, TMessage message, Action<EnqueueOptions>? configure = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.Topics.PublishAsync(topic, message, configure, cancellation);
    }
}
