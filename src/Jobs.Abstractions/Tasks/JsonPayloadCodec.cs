using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Jobs;

/// <summary>Writes JSON with System.Text.Json in its web form: camel case, case-insensitive reading.</summary>
/// <param name="options">The serializer's options; default the web form, with reflection where the application allows it.</param>
public sealed class JsonPayloadCodec(JsonSerializerOptions? options = null) : IPayloadCodec
{
    private readonly JsonSerializerOptions _options = options ?? JsonSerializerOptions.Web;

    /// <summary>The codec with default options.</summary>
    public static JsonPayloadCodec Default { get; } = new();

    /// <summary><c>application/json</c>.</summary>
    public string ContentType => "application/json";

    /// <summary>
    /// The codec in its web form with source-generated contexts, and nothing else: a type that none of them knows is an error, so no
    /// reflection is used and trimmed applications work.
    /// </summary>
    /// <param name="resolvers">The contexts (<c>MyContext.Default</c>) or other resolvers; the first one that knows a type is asked.</param>
    /// <exception cref="InvalidJobOptionException">There is none.</exception>
    public static JsonPayloadCodec With(params IReadOnlyList<IJsonTypeInfoResolver> resolvers)
    {
        ArgumentNullException.ThrowIfNull(resolvers);
        if (resolvers.Count == 0) throw new InvalidJobOptionException(nameof(resolvers), "an empty list", "give at least one JsonSerializerContext");
        return new JsonPayloadCodec(new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = JsonTypeInfoResolver.Combine([.. resolvers]) });
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Encode<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, _options);

    /// <inheritdoc/>
    public T? Decode<T>(ReadOnlyMemory<byte> bytes) => JsonSerializer.Deserialize<T>(bytes.Span, _options);
}
