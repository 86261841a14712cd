namespace Jobs.Core;

/// <summary>Arithmetic on times that neither overflows nor rounds a due time down.</summary>
internal static class Times
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    internal static DateTimeOffset Add(DateTimeOffset time, TimeSpan delay) =>
        delay > DateTimeOffset.MaxValue - time ? DateTimeOffset.MaxValue : time + delay;

    internal static DateTimeOffset Bounded(DateTimeOffset runAt, DateTimeOffset now, JobLimits limits)
    {
        var latest = Add(now, TimeSpan.FromDays(limits.MaxDelayDays));
        return runAt > latest
            ? throw new LimitExceededException(nameof(JobLimits.MaxDelayDays), (long)Math.Ceiling((runAt - now).TotalDays), limits.MaxDelayDays)
            : runAt;
    }

    /// <summary>The time as a timer takes it: timers count 49.7 days, and nobody waits longer than that for a handler, room or a result.</summary>
    internal static TimeSpan ForTimer(TimeSpan time) => time <= LongestTimer ? time : Timeout.InfiniteTimeSpan;

    /// <summary>The next whole millisecond, so that a store which keeps milliseconds never makes a job due early.</summary>
    internal static DateTimeOffset CeilingToMilliseconds(DateTimeOffset time)
    {
        var excess = time.UtcTicks % TimeSpan.TicksPerMillisecond;
        return excess == 0 ? time.ToUniversalTime() : Add(time.ToUniversalTime(), TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - excess));
    }
}
