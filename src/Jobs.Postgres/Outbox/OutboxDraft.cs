using System.Text.Json;

namespace Jobs.Postgres;

/// <summary>A message for an outbox.</summary>
/// <param name="Kind">What it is; a drain maps it to a task.</param>
/// <param name="Payload">What it says, as JSON.</param>
public sealed record OutboxDraft(string Kind, string Payload)
{
    /// <summary>A message with a payload that is written as JSON, by reflection, with names in camel case.</summary>
    public static OutboxDraft Of<TPayload>(string kind, TPayload payload) => new(kind, JsonSerializer.Serialize(payload, JsonSerializerOptions.Web));
}
