namespace Jobs;

/// <summary>
/// A month as far as the day rules can tell months apart: its length, and the weekday of its first day (0 is Sunday).
/// </summary>
internal readonly record struct MonthKind(int Length, int FirstWeekday)
{
    public int WeekdayOf(int day) => (FirstWeekday + day - 1) % 7;
}

/// <summary>Turns the two day fields into the days of one kind of month; bit 1 stands for the first day.</summary>
internal static class CronDayRules
{
    private const int Sunday = 0;
    private const int Saturday = 6;

    /// <summary>The days that the day-of-month field picks.</summary>
    public static uint ByDate(CronFieldValue field, MonthKind month)
    {
        var days = (uint)field.Mask();
        foreach (var item in field.Items)
        {
            days |= item.Kind switch
            {
                CronItemKind.LastDay => Bit(month.Length - item.From, month),
                CronItemKind.NearestToLastDay => Nearest(month.Length - item.From, month),
                CronItemKind.NearestWeekday => Nearest(item.From, month),
                _ => 0,
            };
        }

        return days & AllOf(month);
    }

    /// <summary>The days that the weekday field picks.</summary>
    public static uint ByWeekday(CronFieldValue field, MonthKind month)
    {
        var mask = field.Mask();
        var days = 0u;
        for (var day = 1; day <= month.Length; day++)
        {
            var weekday = month.WeekdayOf(day);
            var picked = (mask >> weekday & 1) != 0 || field.Items.Any(item => Picks(item, day, weekday, month));
            if (picked) days |= 1u << day;
        }

        return days;
    }

    private static bool Picks(CronItem item, int day, int weekday, MonthKind month) => item.Kind switch
    {
        CronItemKind.LastWeekday => weekday == item.From && day + 7 > month.Length,
        CronItemKind.NthWeekday => weekday == item.From && (day + 6) / 7 == item.To,
        _ => false,
    };

    /// <summary>
    /// The Monday-to-Friday day nearest to the given one, without leaving the month: a Saturday moves back to Friday
    /// unless that is the month before, a Sunday moves on to Monday unless that is the month after. A month without
    /// that day has none.
    /// </summary>
    private static uint Nearest(int day, MonthKind month)
    {
        if (day < 1 || day > month.Length) return 0;
        return month.WeekdayOf(day) switch
        {
            Saturday => Bit(day == 1 ? day + 2 : day - 1, month),
            Sunday => Bit(day == month.Length ? day - 2 : day + 1, month),
            _ => Bit(day, month),
        };
    }

    private static uint Bit(int day, MonthKind month) => day < 1 || day > month.Length ? 0 : 1u << day;

    private static uint AllOf(MonthKind month) => (uint)((1UL << month.Length + 1) - 2);
}
