using Microsoft.Extensions.Logging;

namespace Jobs.Conformance;

/// <summary>A line of a log.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Event">The number of the event.</param>
/// <param name="Text">The whole line.</param>
/// <param name="Values">Its values by name.</param>
/// <param name="Scoped">The values of the scopes it was written in.</param>
public sealed record LogEntry(
    LogLevel Level, int Event, string Text, IReadOnlyDictionary<string, object?> Values, IReadOnlyDictionary<string, object?> Scoped);
