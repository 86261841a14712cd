using System.Globalization;

namespace Jobs;

/// <summary>The headers that tell a job which schedule made it.</summary>
public static class ScheduleHeaders
{
    /// <summary>Holds the schedule's id.</summary>
    public const string Schedule = "jobs-schedule";

    /// <summary>Holds the time of the occurrence, as ISO 8601 in UTC.</summary>
    public const string Time = "jobs-schedule-time";

    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    internal static DateTimeOffset? ReadTime(IReadOnlyDictionary<string, string> headers) =>
        headers.TryGetValue(Time, out var text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
