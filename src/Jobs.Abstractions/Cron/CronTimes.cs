using System.Numerics;

namespace Jobs;

/// <summary>
/// The times of day of an expression as three bit masks. Every search is a handful of bit operations, whatever the
/// expression, because a time matches exactly when its hour, minute and second match one by one.
/// </summary>
internal sealed class CronTimes(ulong seconds, ulong minutes, ulong hours)
{
    public const int SecondsPerDay = 86_400;

    public const int None = -1;

    public int First => At(Lowest(hours), Lowest(minutes), Lowest(seconds));

    public int Last => At(Highest(hours), Highest(minutes), Highest(seconds));

    /// <summary>The first matching second of the day at or after the given one, or <see cref="None"/>.</summary>
    public int AtOrAfter(int secondOfDay)
    {
        var (hour, minute, second) = Split(secondOfDay);
        if (Has(hours, hour))
        {
            if (Has(minutes, minute))
            {
                var laterSeconds = From(seconds, second);
                if (laterSeconds != 0) return At(hour, minute, Lowest(laterSeconds));
            }

            var laterMinutes = From(minutes, minute + 1);
            if (laterMinutes != 0) return At(hour, Lowest(laterMinutes), Lowest(seconds));
        }

        var laterHours = From(hours, hour + 1);
        return laterHours == 0 ? None : At(Lowest(laterHours), Lowest(minutes), Lowest(seconds));
    }

    /// <summary>The last matching second of the day at or before the given one, or <see cref="None"/>.</summary>
    public int AtOrBefore(int secondOfDay)
    {
        var (hour, minute, second) = Split(secondOfDay);
        if (Has(hours, hour))
        {
            if (Has(minutes, minute))
            {
                var earlierSeconds = Below(seconds, second + 1);
                if (earlierSeconds != 0) return At(hour, minute, Highest(earlierSeconds));
            }

            var earlierMinutes = Below(minutes, minute);
            if (earlierMinutes != 0) return At(hour, Highest(earlierMinutes), Highest(seconds));
        }

        var earlierHours = Below(hours, hour);
        return earlierHours == 0 ? None : At(Highest(earlierHours), Highest(minutes), Highest(seconds));
    }

    private static (int Hour, int Minute, int Second) Split(int secondOfDay) =>
        (secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60);

    private static int At(int hour, int minute, int second) => (hour * 60 + minute) * 60 + second;

    private static bool Has(ulong mask, int bit) => (mask >> bit & 1) != 0;

    // No bit index exceeds 60, so the shifts below never wrap around.
    private static ulong From(ulong mask, int bit) => mask & ulong.MaxValue << bit;

    private static ulong Below(ulong mask, int bit) => mask & ~(ulong.MaxValue << bit);

    private static int Lowest(ulong mask) => BitOperations.TrailingZeroCount(mask);

    private static int Highest(ulong mask) => BitOperations.Log2(mask);
}
