using System.Text.Json;
using System.Text.Json.Serialization;

namespace Jobs.Core;

/// <summary>How <see cref="StoredText"/> is written, made by the compiler: stores work where reflection is switched off, too.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(StoredText.Terms))]
[JsonSerializable(typeof(StoredText.Notes))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(StoredLimit.Value), TypeInfoPropertyName = "LimitValue")]
internal sealed partial class StoredTextContext : JsonSerializerContext;
