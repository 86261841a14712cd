using System.Globalization;

namespace Jobs.Conformance.Schedules;

/// <summary>A schedule of the simulation, and the plain model of what it fires.</summary>
internal sealed class SimulatedSchedule(ScheduleDefinition definition, IReadOnlyList<DateTimeOffset> times)
{
    private int _next;

    internal ScheduleDefinition Definition => definition;

    internal List<DateTimeOffset> Fired { get; } = [];

    /// <summary>All its times, whether something is there to fire them or not.</summary>
    internal IReadOnlyList<DateTimeOffset> Times => times;

    internal IEnumerable<string> Names => Fired.Select(
        time => $"{definition.Id} {time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)}");

    /// <summary>Somebody looks at a time, who has not looked since the time before.</summary>
    internal void LookAt(DateTimeOffset now)
    {
        if (_next == times.Count || times[_next] > now) return;
        var due = new List<DateTimeOffset>();
        while (_next < times.Count && times[_next] <= now) due.Add(times[_next++]);
        var isLastOnTime = now - due[^1] <= definition.MisfireAfter;
        IEnumerable<DateTimeOffset> missed = isLastOnTime ? due.SkipLast(1) : due;
        IEnumerable<DateTimeOffset> last = isLastOnTime ? [due[^1]] : [];
        var fires = definition.Misfire.Name switch
        {
            "skip" => last,
            "once" => due.Take(1),
            _ => missed.Take(definition.Misfire.MaxOccurrences).Concat(last),
        };
        Fired.AddRange(fires.Take((int)Math.Min(int.MaxValue, (definition.MaxRuns ?? int.MaxValue) - Fired.Count)));
    }
}
