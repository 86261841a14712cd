namespace Jobs;

/// <summary>The forms that one entry of a comma-separated field can take.</summary>
internal enum CronItemKind
{
    /// <summary><c>*</c> or <c>?</c>, or with a step <c>*/5</c>.</summary>
    Any,

    /// <summary>A single number or name.</summary>
    Value,

    /// <summary><c>1-5</c>, <c>22-2</c>, <c>1-30/5</c>, and <c>3/5</c>, which runs to the end of the field.</summary>
    Range,

    /// <summary>
    /// Day of month <c>L</c> and <c>L-3</c>; <see cref="CronItem.From"/> is the distance to the last day.
    /// </summary>
    LastDay,

    /// <summary>
    /// Day of month <c>LW</c> and <c>L-3W</c>; <see cref="CronItem.From"/> is the distance to the last day.
    /// </summary>
    NearestToLastDay,

    /// <summary>Day of month <c>15W</c>.</summary>
    NearestWeekday,

    /// <summary>Weekday <c>5L</c>: the last Friday of the month.</summary>
    LastWeekday,

    /// <summary>
    /// Weekday <c>2#3</c>: the third Tuesday; <see cref="CronItem.To"/> is the number after the hash.
    /// </summary>
    NthWeekday,
}

/// <summary>One entry of a field. A range may run past the end of the field and go on at its start.</summary>
internal readonly record struct CronItem(CronItemKind Kind, int From, int To, int Step)
{
    /// <summary>The plain values that the entry stands for, in the order in which they are counted.</summary>
    public IEnumerable<int> Values(CronField field)
    {
        if (Kind is not (CronItemKind.Any or CronItemKind.Value or CronItemKind.Range)) yield break;
        var span = To >= From ? To - From : To + field.Size - From;
        for (var distance = 0; distance <= span; distance += Step)
            yield return field.Min + (From - field.Min + distance) % field.Size;
    }
}

/// <summary>One parsed field: its entries and where its text starts.</summary>
internal sealed record CronFieldValue(CronField Field, int Position, string Text, IReadOnlyList<CronItem> Items)
{
    /// <summary>True for a bare <c>*</c> or <c>?</c>, which leave the choice of days to the other day field.</summary>
    public bool IsUnrestricted => Text is "*" or "?";

    /// <summary>
    /// True if the field was written with a star, a step or a range: then it means "again and again", not a fixed time.
    /// </summary>
    public bool IsInterval => Items.Any(item => item.Kind is CronItemKind.Any or CronItemKind.Range);

    /// <summary>The entries that are a single number or name, sorted.</summary>
    public List<int> SingleValues() =>
        Items.Where(item => item.Kind == CronItemKind.Value).Select(item => item.From).Distinct().Order().ToList();

    /// <summary>One bit for each plain value; bit 0 stands for value 0.</summary>
    public ulong Mask()
    {
        var mask = 0UL;
        foreach (var item in Items)
        {
            foreach (var value in item.Values(Field)) mask |= 1UL << value;
        }

        return mask;
    }
}
