using System.Diagnostics.CodeAnalysis;

namespace Jobs;

/// <summary>
/// A cron expression: 5 fields (minute, hour, day of month, month, weekday), 6 with seconds first, a macro such as
/// <c>@daily</c>, or an interval such as <c>@every 1h30m</c>. The grammar and the rules for daylight saving are in
/// README.md beside this file. Immutable, safe for any number of threads, and equal to another one with the same text.
/// </summary>
public sealed class CronExpression : IEquatable<CronExpression>
{
    /// <summary>The longest text that is parsed, in characters.</summary>
    public const int MaxLengthChars = 256;

    private readonly string _text;
    private readonly CronSyntax _syntax;

    // Null for an interval.
    private readonly CronCalendar? _calendar;

    private CronExpression(string text, CronSyntax syntax, CronCalendar? calendar)
    {
        _text = text;
        _syntax = syntax;
        _calendar = calendar;
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">At most <see cref="MaxLengthChars"/> characters; names and macros in any case.</param>
    /// <exception cref="CronFormatException">The text cannot be read, or the expression would never fire.</exception>
    public static CronExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var expression, out var error) ? expression : throw error;
    }

    /// <summary>Reads an expression, and returns what is wrong with it instead of throwing.</summary>
    /// <param name="text">At most <see cref="MaxLengthChars"/> characters; names and macros in any case.</param>
    /// <param name="expression">The expression, or null if the text cannot be read or would never fire.</param>
    /// <param name="error">What is wrong, or null.</param>
    public static bool TryParse(
        [NotNullWhen(true)] string? text,
        [NotNullWhen(true)] out CronExpression? expression,
        [NotNullWhen(false)] out CronFormatException? error)
    {
        expression = null;
        if (!CronParser.TryParse(text, out var syntax, out error)) return false;
        if (syntax.IntervalSeconds > 0)
        {
            expression = new CronExpression(text!, syntax, null);
            return true;
        }

        var fields = syntax.Fields;
        var days = new CronDays(fields[3], fields[4], fields[5]);
        if (!days.EverMatches())
        {
            error = new CronFormatException(
                text!,
                fields[3].Position,
                fields[3].Field.Name,
                $"No month of the expression has the day {fields[3].Text}, so it would never fire. " +
                "Pick a day that exists, or L for the last day of each month.");
            return false;
        }

        var times = new CronTimes(fields[0].Mask(), fields[1].Mask(), fields[2].Mask());
        var isInterval = fields.Take(3).Any(field => field.IsInterval);
        expression = new CronExpression(text!, syntax, new CronCalendar(times, days, isInterval));
        return true;
    }

    /// <summary>The first instant after the given one at which the expression fires.</summary>
    /// <param name="after">Any instant; its offset does not matter.</param>
    /// <param name="zone">Whose clock the fields are read on; <c>@every</c> only counts from the given instant.</param>
    /// <returns>An instant with the offset that the zone has then, or null if year 9999 ends before.</returns>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var clock = new CronZoneClock(zone);
        if (_calendar == null) return Instant(clock, WholeSeconds(after.UtcTicks + IntervalTicks));
        var exists = CronZoneSearch.TryNext(_calendar, clock, after.UtcTicks, out var next);
        return exists ? Instant(clock, next) : null;
    }

    /// <summary>The last instant before the given one at which the expression fires.</summary>
    /// <param name="before">Any instant; its offset does not matter.</param>
    /// <param name="zone">Whose clock the fields are read on; <c>@every</c> only counts from the given instant.</param>
    /// <returns>An instant with the offset that the zone has then, or null if year 1 starts after.</returns>
    public DateTimeOffset? Previous(DateTimeOffset before, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var clock = new CronZoneClock(zone);
        if (_calendar == null) return Instant(clock, WholeSeconds(before.UtcTicks - IntervalTicks));
        var exists = CronZoneSearch.TryPrevious(_calendar, clock, before.UtcTicks, out var previous);
        return exists ? Instant(clock, previous) : null;
    }

    /// <summary>
    /// All instants after one and up to another, oldest first, so that windows laid end to end see each instant once.
    /// They are found while they are enumerated; a long window of a busy expression holds very many.
    /// </summary>
    /// <param name="from">The start, not itself part of the result. An <c>@every</c> counts from it.</param>
    /// <param name="to">The end, part of the result if the expression fires then.</param>
    /// <param name="zone">The zone whose clock the fields are read on.</param>
    public IEnumerable<DateTimeOffset> Occurrences(DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        return Enumerate();

        IEnumerable<DateTimeOffset> Enumerate()
        {
            for (var next = Next(from, zone); next <= to; next = Next(next.Value, zone)) yield return next.Value;
        }
    }

    /// <summary>The interval of an <c>@every</c>; null for an expression on the calendar.</summary>
    public TimeSpan? Interval => _calendar is null ? new TimeSpan(IntervalTicks) : null;

    /// <summary>The expression in English, for example <c>At 09:00 on weekdays</c>.</summary>
    public string Describe() => CronDescriber.Describe(_syntax);

    /// <summary>The text as it was given.</summary>
    public override string ToString() => _text;

    /// <summary>True if the other one has exactly the same text.</summary>
    public bool Equals(CronExpression? other) => other is not null && _text == other._text;

    /// <summary>True if the other one is an expression with exactly the same text.</summary>
    public override bool Equals(object? obj) => Equals(obj as CronExpression);

    /// <summary>A hash of the text.</summary>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    private long IntervalTicks => _syntax.IntervalSeconds * TimeSpan.TicksPerSecond;

    private static long WholeSeconds(long ticks) => ticks - ticks % TimeSpan.TicksPerSecond;

    private static DateTimeOffset? Instant(CronZoneClock clock, long instant)
    {
        var offset = clock.OffsetAt(instant);
        var local = instant + offset;
        var exists = Math.Min(instant, local) >= 0 && Math.Max(instant, local) <= DateTime.MaxValue.Ticks;
        return exists ? new DateTimeOffset(local, new TimeSpan(offset)) : null;
    }
}
