using System.Globalization;

namespace Jobs;

/// <summary>When a schedule fires: a closed set, by a cron expression in a time zone or by a fixed interval.</summary>
public abstract record ScheduleTiming
{
    /// <summary>The longest interval, in days: a hundred years.</summary>
    public const int MaxIntervalDays = 36_525;

    private ScheduleTiming()
    {
    }

    /// <summary>Fires as an expression says; <c>@every</c> becomes an interval.</summary>
    /// <param name="expression">The expression; it was checked when it was parsed.</param>
    /// <param name="zone">An IANA or Windows zone of this machine; default UTC. Its id is what is stored.</param>
    /// <exception cref="InvalidJobOptionException">The zone is not known by its id.</exception>
    public static ScheduleTiming Cron(CronExpression expression, TimeZoneInfo? zone = null)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return expression.Interval is { } interval ? Every(interval) : new CronTiming(expression, Known((zone ?? TimeZoneInfo.Utc).Id));
    }

    /// <summary>Fires as an expression says; <c>@every</c> becomes an interval.</summary>
    /// <exception cref="CronFormatException">The text cannot be read, or would never fire.</exception>
    /// <exception cref="InvalidJobOptionException">The zone is not known.</exception>
    public static ScheduleTiming Cron(string expression, string zone = "UTC")
    {
        var parsed = CronExpression.Parse(expression);
        return Cron(parsed, Find(Known(zone)));
    }

    /// <summary>Fires at every whole number of intervals from an instant. Elapsed time counts: zones and clock changes do not matter.</summary>
    /// <param name="interval">Whole milliseconds, from 1 ms to <see cref="MaxIntervalDays"/>.</param>
    /// <param name="anchor">One instant at which it fires; the others follow from it, before and after. Default: the moment it is stored.</param>
    /// <exception cref="InvalidJobOptionException">The interval is out of range or not whole milliseconds.</exception>
    public static ScheduleTiming Every(TimeSpan interval, DateTimeOffset? anchor = null)
    {
        if (interval < TimeSpan.FromMilliseconds(1) || interval.TotalDays > MaxIntervalDays || interval.Ticks % TimeSpan.TicksPerMillisecond != 0)
            throw new InvalidJobOptionException(nameof(interval), interval, $"use whole milliseconds, from 1 ms to {MaxIntervalDays} days");
        return new IntervalTiming(interval, anchor is { } at ? at.ToUniversalTime().AddTicks(-(at.UtcTicks % TimeSpan.TicksPerMillisecond)) : null);
    }

    /// <summary>The first instant after another one at which it fires; null if the calendar ends before.</summary>
    public abstract DateTimeOffset? Next(DateTimeOffset after);

    /// <summary>The last instant up to another one at which it fires; null if the calendar starts after.</summary>
    public abstract DateTimeOffset? Last(DateTimeOffset upTo);

    /// <summary>In English, for example <c>At 09:00 on weekdays (Europe/Berlin)</c>.</summary>
    public abstract string Describe();

    internal static CronTiming Stored(string expression, string zone) => new(CronExpression.Parse(expression), zone);

    private static TimeZoneInfo Find(string zone) => TimeZoneInfo.FindSystemTimeZoneById(zone);

    private static string Known(string zone)
    {
        if (string.IsNullOrEmpty(zone) || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            throw new InvalidJobOptionException("zone", zone, "use the id of a time zone that this machine knows, such as Europe/Berlin or UTC");
        return zone;
    }

    /// <summary>See <see cref="Cron(CronExpression, TimeZoneInfo)"/>.</summary>
    public sealed record CronTiming : ScheduleTiming
    {
        private TimeZoneInfo? _zone;

        internal CronTiming(CronExpression expression, string zone)
        {
            Expression = expression;
            Zone = zone;
        }

        /// <summary>The expression.</summary>
        public CronExpression Expression { get; }

        /// <summary>The id of the zone whose clock it is read on.</summary>
        public string Zone { get; }

        // Looked up when it is needed: a zone that another machine knew must not keep this one from listing the schedule.
        private TimeZoneInfo ZoneInfo => _zone ??= Find(Zone);

        /// <inheritdoc/>
        public override DateTimeOffset? Next(DateTimeOffset after) => Expression.Next(after, ZoneInfo)?.ToUniversalTime();

        /// <inheritdoc/>
        public override DateTimeOffset? Last(DateTimeOffset upTo) =>
            Expression.Previous(upTo < DateTimeOffset.MaxValue ? upTo.AddTicks(1) : upTo, ZoneInfo)?.ToUniversalTime();

        /// <inheritdoc/>
        public override string Describe() => $"{Expression.Describe()} ({Zone})";

        /// <summary>Compares expression and zone.</summary>
        public bool Equals(CronTiming? other) => other is not null && Expression.Equals(other.Expression) && Zone == other.Zone;

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Expression, Zone);
    }

    /// <summary>See <see cref="Every"/>.</summary>
    public sealed record IntervalTiming : ScheduleTiming
    {
        internal IntervalTiming(TimeSpan interval, DateTimeOffset? anchor)
        {
            Interval = interval;
            Anchor = anchor;
        }

        /// <summary>The time between two occurrences.</summary>
        public TimeSpan Interval { get; }

        /// <summary>One instant at which it fires; null as long as it is not stored, and then it counts from whatever instant is asked about.</summary>
        public DateTimeOffset? Anchor { get; }

        /// <inheritdoc/>
        public override DateTimeOffset? Next(DateTimeOffset after)
        {
            var anchor = (Anchor ?? after).UtcTicks;
            return At(anchor, Steps(after.UtcTicks - anchor) + 1);
        }

        /// <inheritdoc/>
        public override DateTimeOffset? Last(DateTimeOffset upTo)
        {
            var anchor = (Anchor ?? upTo).UtcTicks;
            return At(anchor, Steps(upTo.UtcTicks - anchor));
        }

        /// <inheritdoc/>
        public override string Describe() => string.Create(CultureInfo.InvariantCulture, $"Every {Interval:c}");

        /// <summary>Whole intervals, rounded down, also before the anchor.</summary>
        private long Steps(long ticks) => (ticks / Interval.Ticks) - (ticks % Interval.Ticks < 0 ? 1 : 0);

        private DateTimeOffset? At(long anchor, long steps)
        {
            var ticks = anchor + ((Int128)steps * Interval.Ticks);
            if (ticks < DateTimeOffset.MinValue.UtcTicks || ticks > DateTimeOffset.MaxValue.UtcTicks) return null;
            return new DateTimeOffset((long)ticks, TimeSpan.Zero);
        }
    }
}
