namespace Quickstart;

/// <summary>The payload of the reports: when the search began.</summary>
internal sealed record SearchStart(DateTimeOffset At);
