namespace Jobs.Core;

/// <content>Topics that this process subscribes to.</content>
public sealed partial class JobsBuilder
{
    /// <summary>
    /// Declares a durable subscription, which is stored when the service starts, and handles its messages; the function is one as
    /// <see cref="HandlerExtensions.Handle{TRegistry, TPayload}(TRegistry, TaskDefinition{TPayload}, Delegate)"/> takes it. It stays stored
    /// when it is declared no more; <see cref="ITopicClient.UnsubscribeAsync"/> removes it.
    /// </summary>
    /// <exception cref="HandlerMismatchException">The function does not fit the message.</exception>
    public JobsBuilder Subscribe<TMessage>(TopicSubscription<TMessage> subscription, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        this.Handle(subscription.Task, handler);
        _subscriptions.Add(now => StoredSubscription.ToSetting(subscription, now));
        return this;
    }

    /// <summary>Declares a durable subscription, and handles its messages with a function of the message and its job.</summary>
    public JobsBuilder Subscribe<TMessage>(TopicSubscription<TMessage> subscription, Func<TMessage, JobContext, Task> handler) =>
        Subscribe(subscription, (Delegate)handler);

    /// <summary>Listens to a topic while this process runs; see <see cref="ITopicClient.Listen"/>.</summary>
    public JobsBuilder Listen<TMessage>(
        Topic<TMessage> topic, string name, Func<TMessage, TopicContext, Task> handler, ListenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(handler);
        _listeners.Add(topics => topics.Listen(topic, name, handler, options));
        return this;
    }
}
