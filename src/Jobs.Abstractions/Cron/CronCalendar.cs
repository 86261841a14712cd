namespace Jobs;

/// <summary>
/// The local times of an expression, with no idea of time zones: a clock on the wall and a calendar below it. Times are
/// ticks of <see cref="DateTime"/>. Daylight saving is added on top by <see cref="CronZoneSearch"/>.
/// </summary>
internal sealed class CronCalendar(CronTimes times, CronDays days, bool isInterval)
{
    /// <summary>
    /// True if the seconds, minutes or hours hold a star, a step or a range: such an expression runs in both passes of
    /// a repeated hour.
    /// </summary>
    public bool IsInterval { get; } = isInterval;

    /// <summary>The first matching local time after the given one; false if the calendar ends before.</summary>
    public bool TryNext(long local, out long next)
    {
        next = 0;
        var second = local < 0 ? 0 : local / TimeSpan.TicksPerSecond + 1;
        var start = second * TimeSpan.TicksPerSecond;
        if (start > DateTime.MaxValue.Ticks) return false;

        var date = new DateTime(start).Date;
        if (days.Matches(date))
        {
            var time = times.AtOrAfter((int)(second % CronTimes.SecondsPerDay));
            if (time != CronTimes.None)
            {
                next = TicksOf(date, time);
                return true;
            }
        }

        if (date == DateTime.MaxValue.Date || !days.TryAtOrAfter(date.AddDays(1), out var day)) return false;
        next = TicksOf(day, times.First);
        return true;
    }

    /// <summary>The last matching local time before the given one; false if the calendar starts after.</summary>
    public bool TryPrevious(long local, out long previous)
    {
        previous = 0;
        if (local <= 0) return false;
        var start = Math.Min(local - 1, DateTime.MaxValue.Ticks);

        var date = new DateTime(start).Date;
        if (days.Matches(date))
        {
            var time = times.AtOrBefore((int)(start / TimeSpan.TicksPerSecond % CronTimes.SecondsPerDay));
            if (time != CronTimes.None)
            {
                previous = TicksOf(date, time);
                return true;
            }
        }

        if (date == DateTime.MinValue.Date || !days.TryAtOrBefore(date.AddDays(-1), out var day)) return false;
        previous = TicksOf(day, times.Last);
        return true;
    }

    private static long TicksOf(DateTime date, int secondOfDay) => date.Ticks + secondOfDay * TimeSpan.TicksPerSecond;
}
