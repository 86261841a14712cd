namespace Jobs;

/// <summary>How urgent a job is: a higher number runs first; the default is 0.</summary>
public readonly record struct Priority : IComparable<Priority>
{
    /// <summary>Makes a priority from a number where higher means more urgent.</summary>
    /// <param name="urgency">Any 32-bit number; 0 is the default of every job.</param>
    public Priority(int urgency) => Urgency = urgency;

    /// <summary>The priority of a job that says nothing about it: 0.</summary>
    public static Priority Default => default;

    /// <summary>The number that queues order by; higher runs first.</summary>
    public int Urgency { get; }

    /// <summary>Takes a number from code that counts the other way round, where a lower number is more urgent.</summary>
    /// <param name="number">Any 32-bit number but <see cref="int.MinValue"/>, which has no counterpart.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is <see cref="int.MinValue"/>.</exception>
    public static Priority LowerIsUrgent(int number)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(number, int.MinValue);
        return new Priority(-number);
    }

    /// <summary>Takes a number where higher means more urgent.</summary>
    public static Priority FromInt32(int urgency) => new(urgency);

    /// <summary>Takes a number where higher means more urgent.</summary>
    public static implicit operator Priority(int urgency) => new(urgency);

    /// <summary>True if the left one is less urgent.</summary>
    public static bool operator <(Priority left, Priority right) => left.Urgency < right.Urgency;

    /// <summary>True if the left one is more urgent.</summary>
    public static bool operator >(Priority left, Priority right) => left.Urgency > right.Urgency;

    /// <summary>True if the left one is at most as urgent.</summary>
    public static bool operator <=(Priority left, Priority right) => left.Urgency <= right.Urgency;

    /// <summary>True if the left one is at least as urgent.</summary>
    public static bool operator >=(Priority left, Priority right) => left.Urgency >= right.Urgency;

    /// <summary>Sorts less urgent before more urgent.</summary>
    public int CompareTo(Priority other) => Urgency.CompareTo(other.Urgency);

    /// <summary>The number, higher meaning more urgent.</summary>
    public override string ToString() => Urgency.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
