namespace Jobs;

/// <summary>Says in English what an expression means: when in the day, then on which days.</summary>
internal static class CronDescriber
{
    public static string Describe(CronSyntax syntax)
    {
        if (syntax.IntervalSeconds > 0) return "Every " + DescribeInterval(syntax.IntervalSeconds);

        var fields = syntax.Fields;
        var time = CronTimeText.Describe(fields[0], fields[1], fields[2]);
        var days = CronDayText.Describe(fields[3], fields[5], CronDayText.Months(fields[4]));
        var months = days.Length > 0 || fields[4].IsUnrestricted ? "" : " in " + CronDayText.Months(fields[4]);

        // "At 09:00" alone leaves open whether it is meant once; "Every 5 minutes" does not.
        var isClockTime = time.StartsWith("At ", StringComparison.Ordinal) && !time.Contains(" of ", StringComparison.Ordinal);
        var everyDay = isClockTime && days.Length == 0 ? " every day" : "";
        return CronWords.Capital(time + days + everyDay + months);
    }

    private static string DescribeInterval(long seconds)
    {
        var length = TimeSpan.FromSeconds(seconds);
        (int Count, string Unit)[] parts =
            [(length.Days, "day"), (length.Hours, "hour"), (length.Minutes, "minute"), (length.Seconds, "second")];
        var used = parts.Where(part => part.Count > 0).ToList();
        if (used is [(1, var only)]) return only;
        return string.Join(' ', used.Select(part => $"{part.Count} {part.Unit}{(part.Count == 1 ? "" : "s")}"));
    }
}
