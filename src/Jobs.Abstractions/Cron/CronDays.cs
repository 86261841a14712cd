using System.Numerics;

namespace Jobs;

/// <summary>
/// The days of an expression. Which days of a month match depends only on the month's length and on the weekday of its
/// first day, so all 28 kinds of month are worked out once, when the expression is parsed; after that every rule,
/// however odd, costs one look-up.
/// </summary>
internal sealed class CronDays
{
    private const int ShortestMonth = 28;
    private const int DaysPerWeek = 7;

    private readonly uint[] _kinds = new uint[4 * DaysPerWeek];
    private readonly ulong _months;

    public CronDays(CronFieldValue dayOfMonth, CronFieldValue month, CronFieldValue weekday)
    {
        _months = month.Mask();
        for (var length = ShortestMonth; length <= 31; length++)
        {
            for (var first = 0; first < DaysPerWeek; first++)
            {
                var kind = new MonthKind(length, first);
                var byDate = CronDayRules.ByDate(dayOfMonth, kind);
                var byWeekday = CronDayRules.ByWeekday(weekday, kind);
                var either = !dayOfMonth.IsUnrestricted && !weekday.IsUnrestricted;
                _kinds[IndexOf(length, first)] = either ? byDate | byWeekday : byDate & byWeekday;
            }
        }
    }

    /// <summary>
    /// True if some day matches at all. Every month meets every first weekday in the 400 years after which the calendar
    /// repeats, February in both its lengths, so a day exists exactly when one of those kinds of month holds one.
    /// </summary>
    public bool EverMatches()
    {
        for (var month = 1; month <= 12; month++)
        {
            if (!HasMonth(month)) continue;
            var longest = DateTime.DaysInMonth(2000, month);
            var shortest = month == 2 ? ShortestMonth : longest;
            for (var length = shortest; length <= longest; length++)
            {
                for (var first = 0; first < DaysPerWeek; first++)
                {
                    if (_kinds[IndexOf(length, first)] != 0) return true;
                }
            }
        }

        return false;
    }

    public bool Matches(DateTime date) => HasMonth(date.Month) && (DaysOf(date.Year, date.Month) >> date.Day & 1) != 0;

    /// <summary>The first matching day on or after the given one; false if none is left in the calendar.</summary>
    public bool TryAtOrAfter(DateTime date, out DateTime found)
    {
        var (year, month, _) = date;
        var wanted = uint.MaxValue << date.Day;
        while (year <= DateTime.MaxValue.Year)
        {
            if (HasMonth(month))
            {
                var days = DaysOf(year, month) & wanted;
                if (days != 0)
                {
                    found = new DateTime(year, month, BitOperations.TrailingZeroCount(days));
                    return true;
                }
            }

            wanted = uint.MaxValue;
            if (++month > 12) (year, month) = (year + 1, 1);
        }

        found = default;
        return false;
    }

    /// <summary>The last matching day on or before the given one; false if none is left in the calendar.</summary>
    public bool TryAtOrBefore(DateTime date, out DateTime found)
    {
        var (year, month, _) = date;
        var wanted = uint.MaxValue >> 31 - date.Day;
        while (year >= DateTime.MinValue.Year)
        {
            if (HasMonth(month))
            {
                var days = DaysOf(year, month) & wanted;
                if (days != 0)
                {
                    found = new DateTime(year, month, BitOperations.Log2(days));
                    return true;
                }
            }

            wanted = uint.MaxValue;
            if (--month < 1) (year, month) = (year - 1, 12);
        }

        found = default;
        return false;
    }

    private bool HasMonth(int month) => (_months >> month & 1) != 0;

    private uint DaysOf(int year, int month) =>
        _kinds[IndexOf(DateTime.DaysInMonth(year, month), (int)new DateTime(year, month, 1).DayOfWeek)];

    private static int IndexOf(int length, int firstWeekday) => (length - ShortestMonth) * DaysPerWeek + firstWeekday;
}
