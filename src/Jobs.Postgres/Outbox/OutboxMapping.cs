using System.Text;

namespace Jobs.Postgres;

/// <summary>How messages of one kind become jobs.</summary>
internal abstract class OutboxMapping(TaskDefinition task, Action<OutboxMessage, EnqueueOptions>? configure)
{
    /// <summary>The job of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="fallback">The codec of tasks that name none.</param>
    internal EncodedJob ToJob(OutboxMessage message, IPayloadCodec fallback)
    {
        EnqueueOptions? options = null;
        if (configure is not null) configure(message, options = new EnqueueOptions());
        return new EncodedJob(task, Encode(message, task.DefaultOptions.Codec ?? fallback), options);
    }

    /// <summary>The queue that a job goes to.</summary>
    internal static QueueName QueueOf(EncodedJob job) => job.Options?.Queue ?? job.Task.DefaultOptions.Queue ?? QueueName.Default;

    private protected abstract ReadOnlyMemory<byte> Encode(OutboxMessage message, IPayloadCodec codec);

    /// <summary>The payload is the job's; it is read once to see that it is one.</summary>
    internal sealed class AsIs<TPayload>(TaskDefinition<TPayload> task, Action<OutboxMessage, EnqueueOptions>? configure) : OutboxMapping(task, configure)
    {
        private protected override ReadOnlyMemory<byte> Encode(OutboxMessage message, IPayloadCodec codec)
        {
            ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(message.Payload);
            return codec.Decode<TPayload>(bytes) is not null
                ? bytes
                : throw new InvalidOperationException($"The payload of the message is null, but the task wants a {typeof(TPayload).Name}.");
        }
    }

    /// <summary>The payload is made of the message.</summary>
    internal sealed class Converted<TPayload>(
        TaskDefinition<TPayload> task, Func<OutboxMessage, TPayload> convert, Action<OutboxMessage, EnqueueOptions>? configure)
        : OutboxMapping(task, configure)
    {
        private protected override ReadOnlyMemory<byte> Encode(OutboxMessage message, IPayloadCodec codec) => codec.Encode(convert(message));
    }
}
