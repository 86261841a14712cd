namespace Jobs;

/// <summary>A durable subscription of a topic; made by <see cref="Topic{TMessage}.Subscription"/>. Immutable and shared.</summary>
/// <typeparam name="TMessage">What a message carries.</typeparam>
public sealed class TopicSubscription<TMessage>
{
    internal TopicSubscription(Topic<TMessage> topic, string name, Action<TaskOptions>? configure)
    {
        Topic = topic;
        Name = NameRules.Require(name, "subscription", SubscriptionNames.MaxNameChars);
        Task = TaskDefinition.Create<TMessage>(SubscriptionNames.TaskOf(topic.Name, name), options =>
        {
            configure?.Invoke(options);
            if (options.Codec is { } own)
                throw new InvalidJobOptionException(nameof(TaskOptions.Codec), own.GetType().Name, "messages are written once for all: set it on the topic");
            options.Codec = topic.Codec;
            options.Queue ??= new QueueName(SubscriptionNames.TaskOf(topic.Name, name));
        });
    }

    /// <summary>The topic.</summary>
    public Topic<TMessage> Topic { get; }

    /// <summary>Its name among those of the topic.</summary>
    public string Name { get; }

    /// <summary>The task whose jobs are its messages: handle it, lease it, pause it.</summary>
    public TaskDefinition<TMessage> Task { get; }

    /// <summary>The topic's and its own name.</summary>
    public override string ToString() => Task.Name;
}
