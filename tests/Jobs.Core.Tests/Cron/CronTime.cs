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
}
