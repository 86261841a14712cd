namespace Jobs.Sqlite;

/// <summary>Times as the tables keep them: whole microseconds since 1970.</summary>
internal static class Times
{
    internal static long Of(DateTimeOffset time) => OfTicks(time.UtcTicks);

    /// <summary>The first whole microsecond that is not before a time: what a bound means for times that are whole.</summary>
    internal static long CeilingOf(DateTimeOffset time) => Of(time) + (time.UtcTicks % TimeSpan.TicksPerMicrosecond > 0 ? 1 : 0);

    internal static DateTimeOffset From(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    internal static long EndOf(DateTimeOffset start, TimeSpan length) =>
        DateTimeOffset.MaxValue - start > length ? Of(start + length) : long.MaxValue;

    /// <summary>A part of an order key: counted in microseconds if it is a time, and kept as it is if not.</summary>
    internal static long OfPart(long part, bool isTime) => isTime && part != long.MinValue ? OfTicks(part) : part;

    private static long OfTicks(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
