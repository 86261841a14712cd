namespace Jobs;

/// <summary>
/// Finds the instants at which a calendar fires in a zone. The rules, which README.md beside this file shows with
/// worked cases: a local time fires when the clock shows it; one that the clock skips fires at the end of the gap,
/// which several such times share; one that the clock shows twice fires the first time, and for an interval the second
/// time too.
/// </summary>
internal static class CronZoneSearch
{
    /// <summary>No clock has ever been put back or forward by more than this.</summary>
    private const long LargestJump = TimeSpan.TicksPerDay;

    public static bool TryNext(CronCalendar calendar, CronZoneClock clock, long after, out long next)
    {
        var offset = clock.OffsetAt(after);
        next = 0;
        if (!calendar.TryNext(after + offset, out var local)) return false;

        return calendar.IsInterval
            ? TryNextInterval(calendar, clock, after, offset, local, out next)
            : TryNextFixed(calendar, clock, after, local, out next);
    }

    public static bool TryPrevious(CronCalendar calendar, CronZoneClock clock, long before, out long previous)
    {
        previous = 0;
        var end = before + clock.OffsetAt(before);
        if (clock.TryFindJump(before - LargestJump, before, out var jump))
        {
            // The skipped times fire at the end of the gap, which is not before itself: go on with the times before the
            // gap.
            if (jump.IsForward && jump.At == before) end = jump.OldClock;

            if (!jump.IsForward && end < jump.OldClock)
            {
                if (calendar.IsInterval && calendar.TryPrevious(end, out var repeated) && repeated >= jump.NewClock)
                {
                    previous = repeated - jump.After;
                    return true;
                }

                // Everything in the first pass came before, whatever the clock shows now.
                if (!calendar.TryPrevious(jump.OldClock, out var first)) return false;
                previous = clock.Locate(first).First;
                return true;
            }
        }

        if (!calendar.TryPrevious(end, out var local)) return false;
        var found = clock.Locate(local);
        previous = calendar.IsInterval && found.Last < before ? found.Last : found.First;
        return true;
    }

    private static bool TryNextFixed(CronCalendar calendar, CronZoneClock clock, long after, long local, out long next)
    {
        var found = clock.Locate(local);
        next = found.First;
        if (next > after) return true;

        // The clock is in its second pass, and every time before the end of it has fired in the first.
        if (!calendar.TryNext(found.RepeatEnd - 1, out local)) return false;
        next = clock.Locate(local).First;
        return true;
    }

    private static bool TryNextInterval(
        CronCalendar calendar, CronZoneClock clock, long after, long offset, long local, out long next)
    {
        next = local - offset;
        var isNear = next - after <= LargestJump;
        if (isNear && clock.OffsetAt(next) == offset) return true;

        var horizon = isNear ? next : after + LargestJump;
        if (clock.TryFindJump(after, horizon, out var jump) && !jump.IsForward)
        {
            // The clock goes back before the time is reached, so times that have passed come around again.
            if (!calendar.TryNext(jump.NewClock - 1, out local)) return false;
            next = clock.Locate(local).Last;
            return true;
        }

        next = clock.Locate(local).First;
        return true;
    }
}
