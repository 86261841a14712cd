using System.Diagnostics;

namespace Jobs.Bench;

/// <summary>
/// What <see cref="CronExpression.Next"/> costs: common expressions in two zones, and very rare ones. Each round walks from one occurrence to
/// the next, so that every part of the year is seen.
/// </summary>
internal sealed class CronBench(BenchOptions options)
{
    private const int CommonCalls = 200_000;
    private const int RareCalls = 200;

    private static readonly (string Name, string Text)[] Common =
    [
        ("every_minute", "* * * * *"), ("every_five_minutes", "*/5 * * * *"), ("hourly", "0 * * * *"), ("daily", "0 3 * * *"),
        ("weekdays", "0 9 * * 1-5"), ("weekly", "30 4 * * 0"), ("monthly", "0 0 1 * *"), ("last_day", "0 0 L * *"), ("every_second", "* * * * * *"),
    ];

    private static readonly (string Name, string Text)[] Rare =
    [
        // Both day fields restricted means either; a leap day that is a Monday is the fifth Monday of February: MON#5.
        ("leap_day", "0 0 29 2 *"), ("leap_day_on_a_monday", "0 0 ? 2 MON#5"),
    ];

    internal void Run()
    {
        if (!options.Wants("cron")) return;
        foreach (var zone in (string[])["UTC", "Europe/Berlin"])
        {
            var info = TimeZoneInfo.FindSystemTimeZoneById(zone);
            var suffix = zone == "UTC" ? "utc" : "berlin";
            foreach (var (name, text) in Common) Report.Print(options.System, $"cron_next_{name}_{suffix}", Measure(text, info, CommonCalls) * 1e6, "µs");
            foreach (var (name, text) in Rare) Report.Print(options.System, $"cron_next_{name}_{suffix}", Measure(text, info, RareCalls) * 1e3, "ms");
        }

        Report.Print(options.System, "cron_parse_impossible", MeasureImpossible() * 1e3, "ms");
    }

    /// <summary>Seconds for one call, the median of the rounds.</summary>
    private double Measure(string text, TimeZoneInfo zone, int calls)
    {
        var cron = CronExpression.Parse(text);
        Walk(cron, zone, calls / 10);
        return Report.Median(Enumerable.Range(0, options.Rounds).Select(_ =>
        {
            var before = Stopwatch.GetTimestamp();
            Walk(cron, zone, calls);
            return Stopwatch.GetElapsedTime(before).TotalSeconds / calls;
        }));
    }

    private static void Walk(CronExpression cron, TimeZoneInfo zone, int calls)
    {
        var start = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var end = start.AddYears(300);
        var at = start;
        for (var i = 0; i < calls; i++)
        {
            var next = cron.Next(at, zone);
            at = next is { } time && time < end ? time : start;
        }
    }

    private double MeasureImpossible()
    {
        const int calls = 1000;
        return Report.Median(Enumerable.Range(0, options.Rounds).Select(round =>
        {
            var before = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++)
            {
                if (CronExpression.TryParse("0 0 30 2 *", out var expression, out var error)) throw new InvalidOperationException("It can be parsed.");
            }

            return Stopwatch.GetElapsedTime(before).TotalSeconds / calls;
        }));
    }
}
