using System.Text.Json;

namespace Jobs;

/// <summary>Writes JSON with System.Text.Json in its web form: camel case, case-insensitive reading.</summary>
/// <param name="options">The serializer's options, where a source-generated context goes too; default the web form.</param>
public sealed class JsonPayloadCodec(JsonSerializerOptions? options = null) : IPayloadCodec
{
    private readonly JsonSerializerOptions _options = options ?? JsonSerializerOptions.Web;

    /// <summary>The codec with default options.</summary>
    public static JsonPayloadCodec Default { get; } = new();

    /// <summary><c>application/json</c>.</summary>
    public string ContentType => "application/json";

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Encode<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, _options);

    /// <inheritdoc/>
    public T? Decode<T>(ReadOnlyMemory<byte> bytes) => JsonSerializer.Deserialize<T>(bytes.Span, _options);
}
