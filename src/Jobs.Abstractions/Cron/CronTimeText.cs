using System.Globalization;

namespace Jobs;

/// <summary>The time of day of an expression in English.</summary>
internal static class CronTimeText
{
    /// <summary>Longer lists of times are harder to read than the fields themselves.</summary>
    private const int MaxListedTimes = 6;

    private const string Every = "every ";

    public static string Describe(CronFieldValue second, CronFieldValue minute, CronFieldValue hour)
    {
        var fixedTimes = FixedTimes(second, minute, hour);
        if (fixedTimes.Count is > 0 and <= MaxListedTimes) return "At " + CronWords.Join(fixedTimes);

        var startsOnMinute = IsZero(second);
        if (startsOnMinute && IsZero(minute) && hour.Items.Count == 1) return HoursOnly(hour);

        var phrases = new List<string>();
        if (!startsOnMinute) phrases.Add(Phrase(second));
        phrases.Add(Phrase(minute));
        phrases.Add(Phrase(hour));
        if (hour.Items is [{ Kind: CronItemKind.Range, Step: 1 } range] && GoesOnAllTheTime(phrases[^2]))
        {
            phrases.RemoveAt(phrases.Count - 1);
            return At(phrases) + $" from {range.From:00}:00 through {range.To:00}:59";
        }

        return At(phrases);
    }

    /// <summary>The clock times of fields without a star, a step or a range; otherwise empty.</summary>
    private static List<string> FixedTimes(CronFieldValue second, CronFieldValue minute, CronFieldValue hour)
    {
        var times = new SortedSet<TimeOnly>();
        if (second.IsInterval || minute.IsInterval || hour.IsInterval) return [];
        foreach (var h in hour.Items)
        {
            foreach (var m in minute.Items)
            {
                foreach (var s in second.Items) times.Add(new TimeOnly(h.From, m.From, s.From));
            }
        }

        var format = IsZero(second) ? "HH:mm" : "HH:mm:ss";
        return times.Select(time => time.ToString(format, CultureInfo.InvariantCulture)).ToList();
    }

    private static string HoursOnly(CronFieldValue hour)
    {
        var item = hour.Items[0];
        if (item.Kind == CronItemKind.Any) return Phrase(hour);
        return $"{EveryStep(item.Step, "hour")} from {item.From:00}:00 through {item.To:00}:00";
    }

    /// <summary>
    /// Joins second, minute and hour by "of", and leaves out what goes without saying: after "every 5 minutes" nobody
    /// needs "of every hour".
    /// </summary>
    private static string At(List<string> phrases)
    {
        while (phrases.Count > 1 && phrases[^1] is "every minute" or "every hour" && GoesOnAllTheTime(phrases[^2]))
            phrases.RemoveAt(phrases.Count - 1);

        var text = string.Join(" of ", phrases);
        return text.StartsWith(Every, StringComparison.Ordinal) ? text : "At " + text;
    }

    /// <summary>
    /// True for "every 5 minutes" and false for "every minute from 10 through 20", which needs to say of which hour.
    /// </summary>
    private static bool GoesOnAllTheTime(string phrase) =>
        phrase.StartsWith(Every, StringComparison.Ordinal) && !phrase.Contains(" from ", StringComparison.Ordinal);

    /// <summary>
    /// "minute 5", "minutes 5 and 10", "every 5 minutes", "every 5th minute from 1 through 30", or several of them.
    /// </summary>
    private static string Phrase(CronFieldValue value)
    {
        var unit = value.Field.Name;
        var plain = value.SingleValues();
        var others = value.Items.Where(item => item.Kind != CronItemKind.Value);
        var phrases = others.Select(item => Phrase(item, value.Field)).ToList();
        if (plain.Count > 0)
        {
            var numbers = CronWords.Join(plain.ConvertAll(number => number.ToString(CultureInfo.InvariantCulture)));
            phrases.Add($"{unit}{(plain.Count > 1 ? "s" : "")} {numbers}");
        }

        return CronWords.Join(phrases);
    }

    private static string Phrase(CronItem item, CronField field)
    {
        if (item.Kind == CronItemKind.Range)
            return $"{EveryStep(item.Step, field.Name)} from {item.From} through {item.To}";

        // A step that does not divide the field starts over before its time, so it is not really "every 7 minutes".
        var isEven = item.Step > 1 && item.Step < field.Size && field.Size % item.Step == 0;
        return isEven ? $"{Every}{item.Step} {field.Name}s" : EveryStep(item.Step, field.Name);
    }

    private static string EveryStep(int step, string unit) =>
        step == 1 ? Every + unit : $"{Every}{CronWords.Ordinal(step)} {unit}";

    private static bool IsZero(CronFieldValue value) => value.Items is [{ Kind: CronItemKind.Value, From: 0 }];
}
