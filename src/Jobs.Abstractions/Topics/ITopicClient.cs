namespace Jobs;

/// <summary>
/// Publishes messages to every subscription of a topic. Durable subscriptions are stored and get a job for each message, all in one commit;
/// listeners live in a process and get what is published while they are there, at most once: in a cluster what any process publishes, else
/// what is published in their own. Safe for many threads.
/// </summary>
public interface ITopicClient : ITopicPublisher
{
    /// <summary>
    /// Listens to a topic in this process. An error of the handler is logged and counted, and never ends the listener. The other processes of a
    /// cluster know of it a moment later.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="name">The listener's name among those of the topic in this process; at most 60 characters as in a topic's name.</param>
    /// <param name="handler">Gets each message, decoded for it alone.</param>
    /// <param name="options">How it takes them; default see <see cref="ListenOptions"/>.</param>
    /// <exception cref="DuplicateSubscriptionException">The topic has a listener of this name.</exception>
    /// <exception cref="InvalidJobOptionException">An option makes no sense.</exception>
    /// <exception cref="ServiceStoppedException">The service is not running.</exception>
    ITopicListener Listen<TMessage>(Topic<TMessage> topic, string name, Func<TMessage, TopicContext, Task> handler, ListenOptions? options = null);

    /// <summary>Stores a durable subscription, or changes the options of its jobs to come. It stays until it is removed, whoever handles it.</summary>
    /// <exception cref="SettingsNotKeptException">The store keeps no subscriptions.</exception>
    ValueTask SubscribeAsync<TMessage>(TopicSubscription<TMessage> subscription, CancellationToken cancellation = default);

    /// <summary>Removes a durable subscription; its handler stays, for messages that wait.</summary>
    /// <param name="subscription">The subscription, or one made with the same names.</param>
    /// <param name="withWaitingMessages">Whether messages that no handler has begun with are deleted; default they stay.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False if there is no such subscription.</returns>
    ValueTask<bool> UnsubscribeAsync<TMessage>(
        TopicSubscription<TMessage> subscription, bool withWaitingMessages = false, CancellationToken cancellation = default);

    /// <summary>The durable subscriptions, then the listeners of this process, sorted by topic and name.</summary>
    ValueTask<IReadOnlyList<TopicSubscriptionInfo>> ListAsync(CancellationToken cancellation = default);
}
