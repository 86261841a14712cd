namespace Jobs;

/// <summary>
/// A moment at which a zone's clocks are put forward or back: the first instant of the new offset, and both offsets.
/// </summary>
internal readonly record struct ClockJump(long At, long Before, long After)
{
    public bool IsForward => After > Before;

    /// <summary>
    /// The local time at which the old clock stops: the start of a gap, or the end of a repeated hour.
    /// </summary>
    public long OldClock => At + Before;

    /// <summary>
    /// The local time at which the new clock starts: the end of a gap, or the start of a repeated hour.
    /// </summary>
    public long NewClock => At + After;
}

/// <summary>The instants that belong to a local time: twice the same one, except in a repeated hour.</summary>
/// <param name="First">The first instant at which the clock shows this time or has skipped it.</param>
/// <param name="Last">The last instant at which it shows this time.</param>
/// <param name="RepeatEnd">The local time at which the repeated hour ends; 0 outside of one.</param>
internal readonly record struct LocalInstants(long First, long Last, long RepeatEnd);

/// <summary>
/// Reads a zone's clock. Only the mapping from instants to offsets is used: asking whether a local time is invalid or
/// ambiguous gives wrong answers wherever a base offset changes (Apia, Casablanca, Dublin). Two clock changes of one
/// zone are further apart than twice <see cref="Reach"/>, so the offsets at both ends of such a span tell whether there
/// is one within. All times are ticks; offsets of instants outside the calendar are those at its ends.
/// </summary>
internal readonly struct CronZoneClock(TimeZoneInfo zone)
{
    /// <summary>
    /// No offset is larger than 14 hours, so an instant and its local time taken as UTC are less than this apart.
    /// </summary>
    public const long Reach = 15 * TimeSpan.TicksPerHour;

    public long OffsetAt(long instant)
    {
        var ticks = Math.Clamp(instant, 0, DateTime.MaxValue.Ticks);
        return zone.GetUtcOffset(new DateTime(ticks, DateTimeKind.Utc)).Ticks;
    }

    /// <summary>
    /// The change of the clock after the first instant and up to the second, if there is one; else its offsets are
    /// equal.
    /// </summary>
    public bool TryFindJump(long from, long to, out ClockJump jump)
    {
        var before = OffsetAt(from);
        var after = OffsetAt(to);
        jump = new ClockJump(to, before, after);
        if (before == after) return false;

        while (to - from > 1)
        {
            var middle = from + (to - from) / 2;
            if (OffsetAt(middle) == before) from = middle;
            else to = middle;
        }

        jump = new ClockJump(to, before, OffsetAt(to));
        return true;
    }

    /// <summary>The instants at which the clock shows a local time; the end of the gap if it skips it.</summary>
    public LocalInstants Locate(long local)
    {
        if (!TryFindJump(local - Reach, local + Reach, out var jump))
        {
            var only = local - jump.Before;
            return new LocalInstants(only, only, 0);
        }

        var onOldClock = local < jump.OldClock;
        var onNewClock = local >= jump.NewClock;
        return (onOldClock, onNewClock) switch
        {
            (true, true) => new LocalInstants(local - jump.Before, local - jump.After, jump.OldClock),
            (true, false) => new LocalInstants(local - jump.Before, local - jump.Before, 0),
            (false, true) => new LocalInstants(local - jump.After, local - jump.After, 0),
            (false, false) => new LocalInstants(jump.At, jump.At, 0),
        };
    }
}
