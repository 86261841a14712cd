using System.Globalization;

namespace Jobs.Core.Tests.Cron;

/// <summary>Reads and writes the instants of the tables: UTC, or with an offset at the end.</summary>
internal static class CronTime
{
    public static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static string Show(DateTimeOffset? instant) =>
        instant?.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture) ?? "never";

    public static string Show(string text) => text == "never" ? text : Show(At(text));

    public static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);

    /// <summary>
    /// Reads a row of a clock-change table, for example <c>2024-03-31 01:30+01, 03:00+02, 04-01 02:30+02</c>: local
    /// times with their offset, each taking over the year and the day from the one before unless it has its own.
    /// </summary>
    public static List<DateTimeOffset> Row(string text)
    {
        var day = "";
        var row = new List<DateTimeOffset>();
        foreach (var entry in text.Split(", "))
        {
            var words = entry.Split(' ');
            if (words.Length == 2) day = words[0].Length == 5 ? day[..5] + words[0] : words[0];
            var offset = words[^1].Contains(':') && words[^1].LastIndexOf(':') > words[^1].IndexOfAny(['+', '-']) ? "" : ":00";
            row.Add(At($"{day} {words[^1]}{offset}"));
        }

        return row;
    }

    /// <summary>Writes a row so that a failure shows all of it at once.</summary>
    public static string ShowRow(IEnumerable<DateTimeOffset?> row) => string.Join(", ", row.Select(Show));

    /// <summary>
    /// Walks along a row forwards and then back again; the first entry is the start and need not be a firing.
    /// </summary>
    public static void CheckRow(string zoneId, string text, string rowText)
    {
        var zone = Zone(zoneId);
        var expression = CronExpression.Parse(text);
        var row = Row(rowText);

        var forwards = new List<DateTimeOffset?>();
        var at = row[0];
        foreach (var _ in row.Skip(1))
        {
            forwards.Add(expression.Next(at, zone));
            at = forwards[^1]!.Value;
        }

        var backwards = new List<DateTimeOffset?>();
        at = row[^1].AddTicks(1);
        foreach (var _ in row.Skip(1))
        {
            backwards.Insert(0, expression.Previous(at, zone));
            at = backwards[0]!.Value;
        }

        var expected = ShowRow(row.Skip(1).Select(instant => (DateTimeOffset?)instant));
        Assert.Equal(expected, ShowRow(forwards));
        Assert.Equal(expected, ShowRow(backwards));
        Assert.True(expression.Previous(row[1], zone) <= row[0], "Between the start and the first firing there is none.");
    }
}
