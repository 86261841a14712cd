namespace Jobs.Conformance.Schedules;

/// <summary>
/// When a timing fires in a year, found by walking over every quarter of an hour and asking a plain predicate: no code of the library takes part.
/// All times are whole quarters, and so are the changes of the clocks.
/// </summary>
internal sealed record PlainCalendar(string Cron, string Zone, Func<DateTime, bool> Matches, bool IsInterval)
{
    internal static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney"];

    internal static PlainCalendar Draw(Random random)
    {
        var (hour, minute, zone) = (random.Next(24), 15 * random.Next(4), Zones[random.Next(Zones.Length)]);
        bool AtTime(DateTime t) => t.Hour == hour && t.Minute == minute;
        var (day, weekday) = (random.Next(1, 32), random.Next(7));
        return random.Next(20) switch
        {
            0 => new($"{minute} */6 * * *", zone, t => t.Minute == minute && t.Hour % 6 == 0, true),
            < 6 => new($"{minute} {hour} * * *", zone, AtTime, false),
            < 9 => new($"{minute} {hour} * * 1-5", zone, t => AtTime(t) && t.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday), false),
            < 16 => new($"{minute} {hour} * * {weekday}", zone, t => AtTime(t) && (int)t.DayOfWeek == weekday, false),
            < 19 => new($"{minute} {hour} {day} * *", zone, t => AtTime(t) && t.Day == day, false),
            _ => new($"{minute} {hour} L * *", zone, t => AtTime(t) && t.AddDays(1).Day == 1, false),
        };
    }

    internal List<DateTimeOffset> Walk(DateTimeOffset from, DateTimeOffset to)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(Zone);
        var times = new List<DateTimeOffset>();
        for (var at = from + Quarter; at <= to; at += Quarter)
        {
            if (Fires(at, zone)) times.Add(at);
        }

        return times;
    }

    private bool Fires(DateTimeOffset at, TimeZoneInfo zone)
    {
        var shown = Wall(at, zone);
        for (var skipped = Wall(at - Quarter, zone) + Quarter; skipped < shown; skipped += Quarter)
        {
            if (Matches(skipped)) return true;
        }

        if (!Matches(shown)) return false;
        if (IsInterval) return true;
        for (var back = Quarter; back <= TimeSpan.FromHours(2); back += Quarter)
        {
            if (Wall(at - back, zone) == shown) return false;
        }

        return true;
    }

    private static DateTime Wall(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).DateTime;
}
