namespace Jobs.Core.Tests.Cron;

/// <summary>
/// The meaning of an expression spelled out as slowly and plainly as possible: a predicate on wall clock times, and a
/// walk over instants that applies the daylight-saving rules word by word. It shares no code with the implementation,
/// not even the parser.
/// </summary>
internal sealed record NaiveCron(
    string Text, Func<DateTime, bool> Matches, Func<DateTime, bool> MatchesDay, bool IsInterval, TimeSpan Unit)
{
    private static readonly TimeSpan LargestJump = TimeSpan.FromHours(25);
    private static readonly TimeSpan OffsetGrain = TimeSpan.FromMinutes(15);

    /// <summary>The first firing after an instant and up to a horizon, or null.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset horizon, TimeZoneInfo zone)
    {
        for (var at = Floor(after) + Unit; at <= horizon; at += Unit)
        {
            if (Fires(at, zone)) return at;
        }

        return null;
    }

    /// <summary>The last firing before an instant and down to a horizon, or null.</summary>
    public DateTimeOffset? Previous(DateTimeOffset before, DateTimeOffset horizon, TimeZoneInfo zone)
    {
        for (var at = Floor(before.AddTicks(-1)); at >= horizon; at -= Unit)
        {
            if (Fires(at, zone)) return at;
        }

        return null;
    }

    private bool Fires(DateTimeOffset at, TimeZoneInfo zone)
    {
        var shown = Wall(at, zone);
        for (var skipped = Wall(at - Unit, zone) + Unit; skipped < shown; skipped += Unit)
        {
            if (Matches(skipped)) return true;
        }

        return Matches(shown) && (IsInterval || !WasShownBefore(at, zone));
    }

    private static bool WasShownBefore(DateTimeOffset at, TimeZoneInfo zone)
    {
        var shown = Wall(at, zone);
        for (var back = OffsetGrain; back <= LargestJump; back += OffsetGrain)
        {
            if (Wall(at - back, zone) == shown) return true;
        }

        return false;
    }

    private static DateTime Wall(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).DateTime;

    private DateTimeOffset Floor(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % Unit.Ticks, TimeSpan.Zero);
}
