namespace Jobs;

/// <summary>Encodes for every client alike, so that a bad payload is the same error everywhere.</summary>
internal static class PayloadEncoder
{
    internal static ReadOnlyMemory<byte> Encode<TPayload>(TaskDefinition<TPayload> task, TPayload payload, IPayloadCodec fallback, int? index)
    {
        if (payload is null) throw new PayloadEncodingException(task.Name, typeof(TPayload), index, new ArgumentNullException(nameof(payload)));
        return EncodeValue(task, payload, fallback, index);
    }

    internal static ReadOnlyMemory<byte> EncodeValue<T>(TaskDefinition task, T value, IPayloadCodec fallback, int? index) =>
        EncodeWith(task.Options.Codec ?? fallback, task, value, index);

    /// <summary>Encodes a value with the service's codec, whatever the task's own is.</summary>
    internal static ReadOnlyMemory<byte> EncodeCaptured<T>(TaskDefinition task, T value, IPayloadCodec codec) => EncodeWith(codec, task, value, null);

    private static ReadOnlyMemory<byte> EncodeWith<T>(IPayloadCodec codec, TaskDefinition task, T value, int? index)
    {
        try
        {
            return codec.Encode(value);
        }
        catch (Exception e)
        {
            throw new PayloadEncodingException(task.Name, typeof(T), index, e);
        }
    }

    internal static T Decode<T>(TaskDefinition task, ReadOnlyMemory<byte> bytes, IPayloadCodec fallback)
    {
        T? value;
        try
        {
            value = (task.Options.Codec ?? fallback).Decode<T>(bytes);
        }
        catch (Exception e)
        {
            throw new PayloadDecodingException(task.Name, typeof(T), e);
        }

        return value ?? throw new PayloadDecodingException(task.Name, typeof(T), null);
    }

    internal static T DecodePayload<T>(TaskDefinition task, JobSnapshot job, IPayloadCodec fallback)
    {
        // Bytes that were not kept are no sign of tampering.
        if (job.Payload.IsEmpty && PayloadProtection.IsProtected(job.ContentType)) throw new PayloadDecodingException(task.Name, typeof(T), null);
        return DecodeStored<T>(task, job, job.Payload, PayloadPart.Payload, fallback);
    }

    internal static T DecodeResult<T>(TaskDefinition task, JobSnapshot job, IPayloadCodec fallback) => job.Result is { } bytes
        ? DecodeStored<T>(task, job, bytes, PayloadPart.Result, fallback)
        : throw new PayloadDecodingException(task.Name, typeof(T), null);

    private static T DecodeStored<T>(TaskDefinition task, JobSnapshot job, ReadOnlyMemory<byte> stored, PayloadPart part, IPayloadCodec fallback)
    {
        var place = new PayloadPlace(job.Id, job.Task, part);
        return Decode<T>(task, PayloadProtection.Open(task, fallback, job.ContentType, stored, place), fallback);
    }

    internal static EnqueueOptions? Configured(Action<EnqueueOptions>? configure)
    {
        if (configure is null) return null;
        var options = new EnqueueOptions();
        configure(options);
        return options;
    }
}
