namespace Jobs;

/// <summary>
/// What one of the six fields may hold. The parser and its error messages read everything about a field from here.
/// </summary>
internal sealed class CronField
{
    public static readonly CronField Second = new("second", 0, 59, [], "0-59");

    public static readonly CronField Minute = new("minute", 0, 59, [], "0-59");

    public static readonly CronField Hour = new("hour", 0, 23, [], "0-23");

    public static readonly CronField DayOfMonth = new("day of month", 1, 31, [], "1-31, L, L-3, 15W, LW or ?");

    public static readonly CronField Month = new(
        "month",
        1,
        12,
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
        "1-12 or JAN-DEC");

    /// <summary>The upper end is 7 because Sunday may be written as 0 or as 7.</summary>
    public static readonly CronField Weekday = new(
        "weekday",
        0,
        7,
        ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
        "0-7 (0 and 7 are Sunday), SUN-SAT, 5L, 2#3 or ?");

    private CronField(string name, int min, int max, string[] names, string allowed)
    {
        Name = name;
        Min = min;
        Max = max;
        Names = names;
        Allowed = allowed;
    }

    public string Name { get; }

    public int Min { get; }

    public int Max { get; }

    /// <summary>Names that stand for <see cref="Min"/> and the numbers after it.</summary>
    public string[] Names { get; }

    /// <summary>The allowed values in words, for error messages.</summary>
    public string Allowed { get; }

    public bool IsDay => ReferenceEquals(this, DayOfMonth) || ReferenceEquals(this, Weekday);

    /// <summary>The highest value after folding: Sunday as 7 folds to 0.</summary>
    public int Last => ReferenceEquals(this, Weekday) ? 6 : Max;

    /// <summary>How many different values there are; a larger step could only be a mistake.</summary>
    public int Size => Last - Min + 1;
}
