namespace Jobs;

/// <summary>Passes bytes through as they are; it knows no other type than <see cref="ReadOnlyMemory{T}"/> of bytes and byte arrays.</summary>
public sealed class RawPayloadCodec : IPayloadCodec
{
    private RawPayloadCodec()
    {
    }

    /// <summary>The codec.</summary>
    public static RawPayloadCodec Instance { get; } = new();

    /// <summary><c>application/octet-stream</c>.</summary>
    public string ContentType => "application/octet-stream";

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Encode<T>(T value) => value switch
    {
        ReadOnlyMemory<byte> memory => memory,
        byte[] array => array,
        _ => throw new NotSupportedException($"The raw codec takes bytes, not {typeof(T)}."),
    };

    /// <inheritdoc/>
    public T? Decode<T>(ReadOnlyMemory<byte> bytes)
    {
        if (typeof(T) == typeof(ReadOnlyMemory<byte>)) return (T)(object)bytes;
        if (typeof(T) == typeof(byte[])) return (T)(object)bytes.ToArray();
        throw new NotSupportedException($"The raw codec gives bytes, not {typeof(T)}.");
    }
}
