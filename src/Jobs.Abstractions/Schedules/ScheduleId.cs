namespace Jobs;

/// <summary>The name of a schedule: 1 to 100 ASCII letters, digits, <c>-</c>, <c>_</c>, <c>.</c> or <c>:</c>.</summary>
public readonly record struct ScheduleId : IComparable<ScheduleId>
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxLengthChars = 100;

    private readonly string? _value;

    /// <summary>Checks the name and takes it.</summary>
    /// <exception cref="InvalidNameException">The name is null, empty, too long, or holds another character.</exception>
    public ScheduleId(string value) => _value = NameRules.Require(value, "schedule", MaxLengthChars);

    /// <summary>The name as text; empty only for the value that no schedule has.</summary>
    public string Value => _value ?? "";

    /// <summary>Checks the name and takes it.</summary>
    public static ScheduleId FromString(string value) => new(value);

    /// <summary>Checks the name and takes it.</summary>
    public static implicit operator ScheduleId(string value) => new(value);

    /// <summary>True if the left one sorts before the right one.</summary>
    public static bool operator <(ScheduleId left, ScheduleId right) => left.CompareTo(right) < 0;

    /// <summary>True if the left one sorts after the right one.</summary>
    public static bool operator >(ScheduleId left, ScheduleId right) => left.CompareTo(right) > 0;

    /// <summary>True if the left one does not sort after the right one.</summary>
    public static bool operator <=(ScheduleId left, ScheduleId right) => left.CompareTo(right) <= 0;

    /// <summary>True if the left one does not sort before the right one.</summary>
    public static bool operator >=(ScheduleId left, ScheduleId right) => left.CompareTo(right) >= 0;

    /// <summary>Sorts by the characters' codes, as every store does.</summary>
    public int CompareTo(ScheduleId other) => string.CompareOrdinal(Value, other.Value);

    /// <summary>Compares by name.</summary>
    public bool Equals(ScheduleId other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name.</summary>
    public override string ToString() => Value;
}
