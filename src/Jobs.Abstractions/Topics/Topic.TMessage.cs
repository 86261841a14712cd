namespace Jobs;

/// <summary>A kind of message that goes to every subscription; made by <see cref="Topic.Create"/>. Immutable and shared.</summary>
/// <typeparam name="TMessage">What a message carries.</typeparam>
public sealed class Topic<TMessage>
{
    internal Topic(string name, IPayloadCodec? codec)
    {
        Name = NameRules.Require(name, "topic", Topic.MaxNameChars);
        Codec = codec;
    }

    /// <summary>The name that subscriptions are stored under.</summary>
    public string Name { get; }

    internal IPayloadCodec? Codec { get; }

    /// <summary>
    /// Describes a durable subscription: each message is a job of the subscription's own task, on a queue of its own, and so is retried,
    /// kept and looked after like any job.
    /// </summary>
    /// <param name="name">Its name among those of this topic; 1 to 60 characters as in a topic's name.</param>
    /// <param name="configure">The options of its jobs; without a queue they go to the queue <c>topic:name</c>.</param>
    /// <exception cref="InvalidNameException">The name cannot be used, or is too long for a queue: then set one.</exception>
    public TopicSubscription<TMessage> Subscription(string name, Action<TaskOptions>? configure = null) => new(this, name, configure);

    /// <summary>The topic's name.</summary>
    public override string ToString() => Name;
}
