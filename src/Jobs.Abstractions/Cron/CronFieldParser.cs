using System.Diagnostics.CodeAnalysis;

namespace Jobs;

/// <summary>
/// Reads one field from left to right. Each <c>Try</c> method either moves past what it read and returns true, or
/// records the first error and returns false.
/// </summary>
internal struct CronFieldParser(CronField field, string text, CronWord word)
{
    private const int MaxDistanceToLastDay = 30;
    private const int MaxNth = 5;
    private const int NameLength = 3;

    private int _index = word.Start;
    private CronFormatException? _error;

    public bool TryParse(
        [NotNullWhen(true)] out CronFieldValue? value,
        [NotNullWhen(false)] out CronFormatException? error)
    {
        value = null;
        var items = new List<CronItem>();
        do
        {
            if (items.Count > 0) _index++;
            if (!TryItem(out var item))
            {
                error = _error!;
                return false;
            }

            items.Add(item);
        }
        while (Peek() == ',');

        error = null;
        value = new CronFieldValue(field, word.Start, word.Of(text), items);
        return true;
    }

    private bool TryItem(out CronItem item)
    {
        var read = Peek() switch
        {
            '*' => TryStar(out item),
            '?' => TryQuestionMark(out item),
            'L' when ReferenceEquals(field, CronField.DayOfMonth) => TryLastDay(out item),
            'L' when ReferenceEquals(field, CronField.Weekday) =>
                Fail(out item, _index, "L alone names no weekday. Write for example 5L for the last Friday of the month."),
            _ => TryValue(out item),
        };
        if (!read) return false;
        if (_index == word.End || Peek() == ',') return true;
        var stray = $"The character '{text[_index]}' does not belong here.";
        return Fail(out item, _index, $"{stray} Separate several entries by commas. Allowed: {field.Allowed}.");
    }

    private bool TryStar(out CronItem item)
    {
        _index++;
        item = new CronItem(CronItemKind.Any, field.Min, field.Last, 1);
        return TryStep(ref item);
    }

    private bool TryQuestionMark(out CronItem item)
    {
        if (!field.IsDay) return Fail(out item, _index, "Only the day fields may hold ?. Write * for any value.");
        if (word.End - word.Start > 1) return Fail(out item, _index, "? must stand alone in its field. Remove the rest.");
        _index++;
        item = new CronItem(CronItemKind.Any, field.Min, field.Last, 1);
        return true;
    }

    private bool TryLastDay(out CronItem item)
    {
        item = default;
        _index++;
        var distance = 0;
        if (Peek() == '-')
        {
            _index++;
            var start = _index;
            if (!TryNumber(out distance)) return false;
            if (distance is < 1 or > MaxDistanceToLastDay)
            {
                var problem = $"{distance} is not a distance to the last day.";
                return Fail(out item, start, $"{problem} Allowed after L-: 1-{MaxDistanceToLastDay}; write L for the day itself.");
            }
        }

        var kind = CronItemKind.LastDay;
        if (Peek() == 'W')
        {
            _index++;
            kind = CronItemKind.NearestToLastDay;
        }

        item = new CronItem(kind, distance, distance, 1);
        return true;
    }

    private bool TryValue(out CronItem item)
    {
        item = default;
        if (!TryNumberOrName(out var from)) return false;
        var folded = Fold(from);
        switch (Peek())
        {
            case '-':
                return TryRange(from, out item);
            case '/':
                item = new CronItem(CronItemKind.Range, folded, field.Last, 1);
                return TryStep(ref item);
            case 'W' when ReferenceEquals(field, CronField.DayOfMonth):
                _index++;
                item = new CronItem(CronItemKind.NearestWeekday, from, from, 1);
                return true;
            case 'L' when ReferenceEquals(field, CronField.Weekday):
                _index++;
                item = new CronItem(CronItemKind.LastWeekday, folded, folded, 1);
                return true;
            case '#' when ReferenceEquals(field, CronField.Weekday):
                return TryNth(folded, out item);
            default:
                item = new CronItem(CronItemKind.Value, folded, folded, 1);
                return true;
        }
    }

    private bool TryRange(int from, out CronItem item)
    {
        item = default;
        _index++;
        if (!TryNumberOrName(out var to)) return false;

        // 0-7 is the whole week, which folding the 7 to 0 would shrink to Sunday.
        var isWholeWeek = ReferenceEquals(field, CronField.Weekday) && from == 0 && to == field.Max;
        item = new CronItem(CronItemKind.Range, Fold(from), isWholeWeek ? field.Last : Fold(to), 1);
        return TryStep(ref item);
    }

    private bool TryNth(int weekday, out CronItem item)
    {
        item = default;
        _index++;
        var start = _index;
        if (!TryNumber(out var nth)) return false;
        if (nth is < 1 or > MaxNth)
        {
            var problem = $"{nth} is not a week of a month.";
            return Fail(out item, start, $"{problem} Allowed after #: 1-{MaxNth}; write {weekday}L for the last one.");
        }

        item = new CronItem(CronItemKind.NthWeekday, weekday, nth, 1);
        return true;
    }

    private bool TryStep(ref CronItem item)
    {
        if (Peek() != '/') return true;
        _index++;
        var start = _index;
        if (!TryNumber(out var step)) return false;
        if (step < 1 || step > field.Size)
        {
            return Fail(
                out item,
                start,
                $"{step} is not a usable step. Allowed: 1-{field.Size}. " +
                "For an interval that the field cannot hold, write @every, for example @every 90m.");
        }

        item = item with { Step = step };
        return true;
    }

    private bool TryNumberOrName(out int value)
    {
        var start = _index;
        if (TryName(out value)) return true;
        if (!TryNumber(out value)) return false;
        if (value >= field.Min && value <= field.Max) return true;
        return Fail(out _, start, $"{value} is out of range. Allowed: {field.Allowed}.");
    }

    private bool TryName(out int value)
    {
        var end = Math.Min(_index + NameLength, word.End);
        var position = Array.FindIndex(field.Names, WordStartsWith(text[_index..end]));
        value = field.Min + position;
        if (position < 0) return false;
        _index = end;
        return true;
    }

    private static Predicate<string> WordStartsWith(string letters) =>
        name => name.Equals(letters, StringComparison.OrdinalIgnoreCase);

    private bool TryNumber(out int value)
    {
        const int moreThanAnyField = 10_000;
        var start = _index;
        value = 0;
        while (_index < word.End && char.IsAsciiDigit(text[_index]))
        {
            // A number this large is out of range whatever follows, so it stops growing before it could overflow.
            value = Math.Min(value * 10 + (text[_index] - '0'), moreThanAnyField);
            _index++;
        }

        if (_index > start) return true;
        return Fail(
            out _,
            start,
            start == word.End || text[start] == ','
                ? $"A value is missing. Allowed: {field.Allowed}."
                : $"'{text[start]}' does not start a value. Allowed: {field.Allowed}.");
    }

    private readonly int Fold(int value) => value > field.Last ? field.Min : value;

    /// <summary>The current character in upper case, or 0 at the end of the field.</summary>
    private readonly char Peek() => _index < word.End ? char.ToUpperInvariant(text[_index]) : '\0';

    private bool Fail(out CronItem item, int position, string problem)
    {
        item = default;
        _error = new CronFormatException(text, position, field.Name, problem);
        return false;
    }
}
