namespace Jobs;

/// <summary>Who protects a job's bytes, and whether they are protected: the same rule for engines, clients and the test kit.</summary>
internal static class PayloadProtection
{
    /// <summary>Stands behind the media type of protected jobs, so that a job says of itself what it is.</summary>
    private const string Mark = ";encrypted";

    /// <summary>The task's own protector, else the service's; null if nobody protects.</summary>
    internal static IPayloadProtector? Of(TaskDefinition? task, IPayloadCodec fallback) =>
        task?.Options.Codec as IPayloadProtector ?? fallback as IPayloadProtector;

    internal static string TypeOf(TaskOptions task, IPayloadCodec fallback, string? type = null)
    {
        type ??= (task.Codec ?? fallback).ContentType;
        return task.Codec is IPayloadProtector || fallback is IPayloadProtector ? type + Mark : type;
    }

    internal static bool IsProtected(string contentType) => contentType.EndsWith(Mark, StringComparison.Ordinal);

    /// <summary>Makes what is stored of bytes of a job; those of an unprotected job stay as they are.</summary>
    internal static ReadOnlyMemory<byte> Close(
        TaskDefinition? task, IPayloadCodec fallback, string contentType, ReadOnlyMemory<byte> bytes, PayloadPlace place)
    {
        if (!IsProtected(contentType)) return bytes;
        return (Of(task, fallback) ?? throw new PayloadEncryptionException(place, EncryptionProblem.NoKeys)).Protect(bytes, place);
    }

    /// <summary>Gives back what was encoded from what is stored.</summary>
    internal static ReadOnlyMemory<byte> Open(
        TaskDefinition? task, IPayloadCodec fallback, string contentType, ReadOnlyMemory<byte> stored, PayloadPlace place)
    {
        var protector = Of(task, fallback);
        if (IsProtected(contentType))
            return (protector ?? throw new PayloadEncryptionException(place, EncryptionProblem.NoKeys)).Unprotect(stored, place);
        return protector is { AcceptsUnprotected: false } ? throw new PayloadEncryptionException(place, EncryptionProblem.NotEncrypted) : stored;
    }
}
