namespace Jobs;

/// <summary>
/// What happens to occurrences that were missed, because nothing ran or the clock was set forward: a closed set. An occurrence is missed
/// if it is noticed later than <see cref="ScheduleDefinition.MisfireAfter"/>, or when the one after it is due as well.
/// </summary>
public sealed record MisfirePolicy
{
    /// <summary>The most missed occurrences that can be made up for at once: 10,000.</summary>
    public const int MaxMadeUpOccurrences = 10_000;

    private MisfirePolicy(string name, int maxOccurrences)
    {
        Name = name;
        MaxOccurrences = maxOccurrences;
    }

    /// <summary>Missed occurrences never fire. The latest one that is due still does if it is not late.</summary>
    public static MisfirePolicy Skip { get; } = new("skip", 0);

    /// <summary>One job for all occurrences that are due, with the time of the first one missed. The default.</summary>
    public static MisfirePolicy FireOnce { get; } = new("once", 1);

    /// <summary>Its name in stores: <c>skip</c>, <c>once</c> or <c>all</c>.</summary>
    public string Name { get; }

    /// <summary>How many missed occurrences are made up for at most.</summary>
    public int MaxOccurrences { get; }

    /// <summary>A job for each missed occurrence, the oldest ones first, up to a bound; the rest is skipped.</summary>
    /// <param name="maxOccurrences">1 to <see cref="MaxMadeUpOccurrences"/>; default 100.</param>
    /// <exception cref="InvalidJobOptionException">The bound is out of range.</exception>
    public static MisfirePolicy FireAll(int maxOccurrences = 100) => maxOccurrences is >= 1 and <= MaxMadeUpOccurrences
        ? new("all", maxOccurrences)
        : throw new InvalidJobOptionException(nameof(maxOccurrences), maxOccurrences, $"use a number from 1 to {MaxMadeUpOccurrences}");

    /// <summary>The policy of a stored name.</summary>
    internal static MisfirePolicy Of(string? name, int maxOccurrences) => name switch
    {
        "skip" => Skip,
        "all" => FireAll(maxOccurrences),
        _ => FireOnce,
    };
}
