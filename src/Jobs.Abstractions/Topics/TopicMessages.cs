namespace Jobs;

/// <summary>What becomes of a message that is published, whoever publishes it.</summary>
internal static class TopicMessages
{
    /// <summary>A task that stands for the topic where messages are written and read.</summary>
    internal static TaskDefinition<TMessage> DefinitionOf<TMessage>(Topic<TMessage> topic) =>
        TaskDefinition.Create<TMessage>(topic.Name, options => options.Codec = topic.Codec);

    /// <summary>A message's bytes, the same for all who get it.</summary>
    internal static ReadOnlyMemory<byte> Encode<TMessage>(Topic<TMessage> topic, TMessage message, IPayloadCodec codec) => message is null
        ? throw new PayloadEncodingException(topic.Name, typeof(TMessage), null, new ArgumentNullException(nameof(message)))
        : PayloadEncoder.EncodeValue(DefinitionOf(topic), message, codec, null);

    /// <summary>The job that brings a message to a durable subscription.</summary>
    /// <param name="task">The subscription's task.</param>
    /// <param name="kept">The options that are kept with the subscription; they are changed.</param>
    /// <param name="codec">The topic's codec; null for the service's.</param>
    /// <param name="bytes">The message.</param>
    /// <param name="configure">What the publisher says; the queue stays the subscription's.</param>
    internal static EncodedJob ToJob(
        string task, EnqueueOptions kept, IPayloadCodec? codec, ReadOnlyMemory<byte> bytes, Action<EnqueueOptions>? configure)
    {
        var queue = kept.Queue;
        configure?.Invoke(kept);
        kept.Queue = queue;
        return new EncodedJob(TaskDefinition.Create<object>(task, options => options.Codec = codec), bytes, kept);
    }

    /// <summary>The messages of a subscription that no handler has begun with.</summary>
    internal static JobFilter WaitingOf(TaskDefinition task) => new() { Task = task.Name, States = [JobState.Scheduled, JobState.Pending] };
}
