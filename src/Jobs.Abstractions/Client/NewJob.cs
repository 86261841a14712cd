namespace Jobs;

/// <summary>A job to enqueue together with others of different tasks or queues; made by <see cref="Of{TPayload}"/>.</summary>
public abstract class NewJob
{
    private protected NewJob()
    {
    }

    /// <summary>Describes a job.</summary>
    public static NewJob Of<TPayload>(TaskDefinition<TPayload> task, TPayload payload, Action<EnqueueOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        return new Typed<TPayload>(task, payload, PayloadEncoder.Configured(configure));
    }

    internal abstract EncodedJob Encode(IPayloadCodec fallback, int index);

    private sealed class Typed<TPayload>(TaskDefinition<TPayload> task, TPayload payload, EnqueueOptions? options) : NewJob
    {
        internal override EncodedJob Encode(IPayloadCodec fallback, int index) =>
            new(task, PayloadEncoder.Encode(task, payload, fallback, index), options);
    }
}
