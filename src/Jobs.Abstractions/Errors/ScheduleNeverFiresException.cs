namespace Jobs;

/// <summary>A schedule would never fire: between its start, its end and now there is no occurrence.</summary>
public sealed class ScheduleNeverFiresException(ScheduleId id, string timing, DateTimeOffset? from, DateTimeOffset? until)
    : JobsException($"The schedule '{id}' ({timing}) would never fire{Bounds(from, until)}. Move its start or end, or change when it fires.")
{
    /// <summary>The schedule.</summary>
    public ScheduleId Id { get; } = id;

    /// <summary>When it was to fire, in words.</summary>
    public string Timing { get; } = timing;

    /// <summary>Its start; null for none.</summary>
    public DateTimeOffset? From { get; } = from;

    /// <summary>Its end; null for none.</summary>
    public DateTimeOffset? Until { get; } = until;

    private static string Bounds(DateTimeOffset? from, DateTimeOffset? until) =>
        FormattableString.Invariant($"{(from is null ? "" : $" from {from:u}")}{(until is null ? "" : $" until {until:u}")}");
}
