using System.Globalization;

namespace Jobs.Core.Tests.Cron;

/// <summary>Makes random expressions together with their naive meaning.</summary>
internal sealed class RandomCron(Random random)
{
    private static readonly string[] MonthNames =
        ["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    private static readonly string[] WeekdayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private sealed record Field(string Text, Func<DateTime, bool> Matches, bool IsInterval);

    public NaiveCron Make(bool withSeconds, bool anyTime)
    {
        var second = withSeconds ? Numbers(0, 59, time => time.Second) : new Field("0", time => time.Second == 0, false);
        var minute = anyTime ? Numbers(0, 59, time => time.Minute) : new Field("0", time => time.Minute == 0, false);
        var hour = anyTime ? Numbers(0, 23, time => time.Hour) : new Field("0", time => time.Hour == 0, false);
        var restrictDays = !anyTime || random.Next(3) == 0;
        var dayOfMonth = restrictDays && random.Next(4) > 0 ? List(DayOfMonth) : Everything();
        var month = restrictDays && random.Next(2) > 0
            ? Named(Numbers(1, 12, time => time.Month), MonthNames)
            : new Field("*", _ => true, false);
        var weekday = restrictDays && random.Next(3) > 0 ? List(Weekday) : Everything();

        var either = dayOfMonth.Text is not ("*" or "?") && weekday.Text is not ("*" or "?");
        bool MatchesDay(DateTime day) => month.Matches(day) && (either
            ? dayOfMonth.Matches(day) || weekday.Matches(day)
            : dayOfMonth.Matches(day) && weekday.Matches(day));

        var text = string.Join(' ', minute.Text, hour.Text, dayOfMonth.Text, month.Text, weekday.Text);
        return new NaiveCron(
            withSeconds ? second.Text + " " + text : text,
            time => second.Matches(time) && minute.Matches(time) && hour.Matches(time) && MatchesDay(time),
            MatchesDay,
            second.IsInterval || minute.IsInterval || hour.IsInterval,
            withSeconds ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1));
    }

    private Field Everything() => new(random.Next(2) == 0 ? "*" : "?", _ => true, true);

    private Field List(Func<Field> make)
    {
        var list = make();
        while (random.Next(3) == 0)
        {
            var (left, right) = (list, make());
            list = new Field($"{left.Text},{right.Text}", time => left.Matches(time) || right.Matches(time), true);
        }

        return list;
    }

    private Field Numbers(int min, int max, Func<DateTime, int> read)
    {
        // Small hours are where clocks change, so they come up more often.
        int Value() => random.Next(2) == 0 ? random.Next(min, max + 1) : random.Next(min, Math.Min(max, min + 4) + 1);
        var (from, to, step) = (Value(), Value(), random.Next(1, (max - min) / 2 + 1));
        return random.Next(6) switch
        {
            0 => new Field("*", _ => true, true),
            1 => Of($"*/{step}", Walk(min, max, step, min, max), true),
            2 => Of($"{from}-{to}", Walk(from, to, 1, min, max), true),
            3 => Of($"{from}-{to}/{step}", Walk(from, to, step, min, max), true),
            4 => Of($"{from}/{step}", Walk(from, max, step, min, max), true),
            _ => Of(from == to ? $"{from}" : $"{from},{to}", [from, to], false),
        };

        Field Of(string text, HashSet<int> values, bool isInterval) => new(text, time => values.Contains(read(time)), isInterval);
    }

    /// <summary>Counts value by value from one end to the other, around the end of the field if need be.</summary>
    private static HashSet<int> Walk(int from, int to, int step, int min, int max)
    {
        var values = new HashSet<int>();
        for (var (value, count) = (from, 0); ; value = value == max ? min : value + 1, count++)
        {
            if (count % step == 0) values.Add(value);
            if (value == to) return values;
        }
    }

    private Field DayOfMonth()
    {
        var day = random.Next(1, 32);
        var distance = random.Next(1, 31);
        return random.Next(7) switch
        {
            0 => new Field("L", time => time.Day == LengthOf(time), true),
            1 => new Field($"L-{distance}", time => time.Day == LengthOf(time) - distance, true),
            2 => new Field($"{day}W", time => IsNearestWeekday(time, day), true),
            3 => new Field("LW", time => IsNearestWeekday(time, LengthOf(time)), true),
            4 => new Field($"L-{distance}W", time => IsNearestWeekday(time, LengthOf(time) - distance), true),
            _ => Numbers(1, 31, time => time.Day),
        };
    }

    private Field Weekday()
    {
        var weekday = random.Next(0, 7);
        var text = random.Next(3) switch
        {
            0 => WeekdayNames[weekday],
            1 when weekday == 0 => "7",
            _ => weekday.ToString(CultureInfo.InvariantCulture),
        };
        var nth = random.Next(1, 6);
        return random.Next(4) switch
        {
            0 => new Field($"{text}L", time => Is(time, weekday) && time.Day + 7 > LengthOf(time), true),
            1 => new Field($"{text}#{nth}", time => Is(time, weekday) && CountOf(time) == nth, true),
            2 => new Field(text, time => Is(time, weekday), true),
            _ => Named(Numbers(0, 6, time => (int)time.DayOfWeek), WeekdayNames),
        };
    }

    /// <summary>Replaces a lone number by its name now and then.</summary>
    private Field Named(Field field, string[] names) =>
        int.TryParse(field.Text, CultureInfo.InvariantCulture, out var number) && random.Next(2) == 0
            ? field with { Text = random.Next(2) == 0 ? names[number] : names[number].ToLowerInvariant() }
            : field;

    private static bool Is(DateTime time, int weekday) => (int)time.DayOfWeek == weekday;

    private static int LengthOf(DateTime time) => DateTime.DaysInMonth(time.Year, time.Month);

    private static int CountOf(DateTime time) =>
        Enumerable.Range(1, time.Day).Count(day => new DateTime(time.Year, time.Month, day).DayOfWeek == time.DayOfWeek);

    /// <summary>
    /// True if no other Monday to Friday of the month is as near to the wanted day, and the month has that day.
    /// </summary>
    private static bool IsNearestWeekday(DateTime time, int wanted)
    {
        if (wanted < 1 || wanted > LengthOf(time)) return false;
        var nearest = Enumerable.Range(1, LengthOf(time))
            .Select(day => new DateTime(time.Year, time.Month, day))
            .Where(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            .MinBy(day => Math.Abs(day.Day - wanted));
        return nearest.Day == time.Day;
    }
}
