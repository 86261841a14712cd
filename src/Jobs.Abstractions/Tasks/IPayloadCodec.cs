namespace Jobs;

/// <summary>Turns payloads and results into bytes and back.</summary>
public interface IPayloadCodec
{
    /// <summary>The media type stored beside the bytes, such as <c>application/json</c>.</summary>
    string ContentType { get; }

    /// <summary>Turns a value into bytes. Any exception is reported as <see cref="PayloadEncodingException"/>.</summary>
    ReadOnlyMemory<byte> Encode<T>(T value);

    /// <summary>Turns bytes into a value. Any exception is reported as <see cref="PayloadDecodingException"/>.</summary>
    T? Decode<T>(ReadOnlyMemory<byte> bytes);
}
