using System.Globalization;

namespace Jobs;

/// <summary>The days of an expression in English.</summary>
internal static class CronDayText
{
    private const ulong MondayToFriday = 0b0111110;
    private const ulong SaturdayAndSunday = 0b1000001;

    private static readonly string[] Nth = ["first", "second", "third", "fourth", "fifth"];

    private static readonly DateTimeFormatInfo English = CultureInfo.InvariantCulture.DateTimeFormat;

    /// <summary>Names of the months, or an empty text for all of them.</summary>
    public static string Months(CronFieldValue month) => month.IsUnrestricted ? "" : Names(month, English.GetMonthName);

    /// <summary>Starts with a blank and "on"; empty if every day matches.</summary>
    public static string Describe(CronFieldValue dayOfMonth, CronFieldValue weekday, string months)
    {
        var dates = dayOfMonth.IsUnrestricted ? "" : " on " + Dates(dayOfMonth) + OfMonth(months);
        var weekdays = weekday.IsUnrestricted ? "" : " on " + Weekdays(weekday, months);
        return dates.Length > 0 && weekdays.Length > 0 ? dates + " or" + weekdays : dates + weekdays;
    }

    private static string OfMonth(string months) => " of " + (months.Length > 0 ? months : "the month");

    private static string Dates(CronFieldValue field)
    {
        var phrases = new List<string>();
        var plain = field.SingleValues();
        if (plain.Count > 0)
        {
            var numbers = CronWords.Join(plain.ConvertAll(number => number.ToString(CultureInfo.InvariantCulture)));
            phrases.Add($"day{(plain.Count > 1 ? "s" : "")} {numbers}");
        }

        phrases.AddRange(field.Items.Where(item => item.Kind != CronItemKind.Value).Select(Date));
        return CronWords.Join(phrases);
    }

    private static string Date(CronItem item) => item.Kind switch
    {
        CronItemKind.Any when item.Step == 1 => "every day",
        CronItemKind.Any => $"every {CronWords.Ordinal(item.Step)} day",
        CronItemKind.Range when item.Step == 1 => $"days {item.From} through {item.To}",
        CronItemKind.Range => $"every {CronWords.Ordinal(item.Step)} day from {item.From} through {item.To}",
        CronItemKind.LastDay => LastDay(item.From),
        CronItemKind.NearestToLastDay when item.From == 0 => "the last weekday",
        CronItemKind.NearestToLastDay => $"the weekday nearest to {LastDay(item.From)}",
        _ => $"the weekday nearest to day {item.From}",
    };

    private static string LastDay(int distance) => distance switch
    {
        0 => "the last day",
        1 => "the day before the last day",
        _ => $"the day {distance} days before the last day",
    };

    private static string Weekdays(CronFieldValue field, string months)
    {
        var phrases = new List<string>();
        var mask = field.Mask();
        if (mask != 0)
        {
            var names = mask switch
            {
                MondayToFriday => "weekdays",
                SaturdayAndSunday => "weekends",
                _ => Names(field, WeekdayName),
            };
            phrases.Add(months.Length > 0 ? $"{names} in {months}" : names);
        }

        foreach (var item in field.Items)
        {
            var which = item.Kind switch
            {
                CronItemKind.LastWeekday => "last",
                CronItemKind.NthWeekday => Nth[item.To - 1],
                _ => null,
            };
            if (which != null) phrases.Add($"the {which} {WeekdayName(item.From)}{OfMonth(months)}");
        }

        return CronWords.Join(phrases);
    }

    /// <summary>Ranges as "A through B", everything else name by name.</summary>
    private static string Names(CronFieldValue field, Func<int, string> nameOf)
    {
        var phrases = new List<string>();
        foreach (var item in field.Items)
        {
            if (item is { Kind: CronItemKind.Range, Step: 1 } && item.From != item.To)
                phrases.Add($"{nameOf(item.From)} through {nameOf(item.To)}");
            else phrases.AddRange(item.Values(field.Field).Select(nameOf));
        }

        return CronWords.Join(phrases.Distinct().ToList());
    }

    private static string WeekdayName(int weekday) => English.GetDayName((DayOfWeek)weekday);
}
