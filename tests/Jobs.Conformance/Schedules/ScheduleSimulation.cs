using System.Collections.Concurrent;
using Jobs.Core;

namespace Jobs.Conformance.Schedules;

/// <summary>
/// Schedules over a long virtual time, on a service whose process dies again and again: in the middle of firing, between the job and the
/// schedule's row, and for minutes or days. Afterwards exactly the expected occurrences have been committed, each once.
/// </summary>
public sealed class ScheduleSimulation(Func<IJobStore> open, int seed, int schedules, int days) : IAsyncDisposable
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");

    private readonly Random _random = new(seed);
    private readonly ManualClock _clock = new();
    private readonly ConcurrentDictionary<string, int> _committed = new();
    private readonly ConcurrentDictionary<string, int> _ran = new();
    private readonly List<SimulatedSchedule> _schedules = [];
    private CrashingStore? _store;
    private EmbeddedEngine? _engine;

    /// <summary>How often the process died.</summary>
    public int Deaths { get; private set; }

    /// <summary>How many of them were in the middle of firing: before or after an occurrence's commit, or before or after its schedule's.</summary>
    public int DeathsWhileFiring { get; private set; }

    /// <summary>How many schedules took part, each with at least one time.</summary>
    public int Schedules => _schedules.Count;

    /// <summary>Occurrences that were committed.</summary>
    public int Occurrences => _committed.Count;

    /// <summary>Runs the simulation and checks what has fired.</summary>
    public async Task RunAsync()
    {
        _clock.Advance(new DateTimeOffset(2030, 5, 7, 0, 0, 0, TimeSpan.Zero) - _clock.GetUtcNow());
        var (start, end) = (_clock.GetUtcNow(), _clock.GetUtcNow().AddDays(days));
        Draw(start, end);
        await StartAsync();
        var steps = _schedules.SelectMany(s => s.Times).Distinct().Order().ToList();
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i] < _clock.GetUtcNow()) continue;
            if (_random.Next(steps.Count / 40 + 1) == 0) await OutageAsync(end);
            if (steps[i] < _clock.GetUtcNow()) continue;
            var armed = _random.Next(20) == 0;
            if (armed) _store!.DieAt(_random.Next(8), _random.Next(2) == 0);
            _clock.Advance(steps[i] - _clock.GetUtcNow());
            await LookAsync();
            if (armed) _store!.DieAt(-1, false);
            foreach (var schedule in _schedules) schedule.LookAt(_clock.GetUtcNow());
        }

        await CheckAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync().Soon();
        if (_store is not null) await _store.DisposeAsync();
    }

    private void Draw(DateTimeOffset start, DateTimeOffset end)
    {
        var calendars = Enumerable.Range(0, Math.Min(60, schedules)).Select(_ => PlainCalendar.Draw(_random)).ToList();
        var walked = calendars.ToDictionary(c => c, c => c.Walk(start, end));
        while (_schedules.Count < schedules)
        {
            var calendar = calendars[_random.Next(calendars.Count)];
            var interval = _random.Next(8) == 0 ? PlainCalendar.Quarter * _random.Next(20, 400) : (TimeSpan?)null;
            var anchor = start + (PlainCalendar.Quarter * _random.Next(-300, 300));
            var from = _random.Next(10) == 0 ? start.AddDays(_random.Next(days)) : (DateTimeOffset?)null;
            var until = _random.Next(10) == 0 ? (from ?? start).AddDays(_random.Next(1, days + 1)) : (DateTimeOffset?)null;
            var maxRuns = _random.Next(10) == 0 ? _random.Next(1, 50) : (long?)null;
            var misfire = _random.Next(3) switch { 0 => MisfirePolicy.Skip, 1 => MisfirePolicy.FireOnce, _ => MisfirePolicy.FireAll(_random.Next(1, 6)) };
            var times = interval is { } every ? Grid(anchor, every, start, end) : walked[calendar];
            times = [.. times.Where(t => !(t < from) && !(t >= until))];
            if (times.Count == 0) continue;
            var definition = ScheduleDefinition.Create($"s{_schedules.Count:0000}", Work, "x", s =>
            {
                if (interval is { } length) s.Every(length, anchor);
                else s.Cron(calendar.Cron, calendar.Zone);
                s.From(from).Until(until).MaxRuns(maxRuns).OnMisfire(misfire).Job(o => o.Retention = RetentionPolicy.None);
                if (_random.Next(4) == 0) s.Jitter(TimeSpan.FromMinutes(_random.Next(1, 30)));
            });
            _schedules.Add(new SimulatedSchedule(definition, times));
        }
    }

    private static List<DateTimeOffset> Grid(DateTimeOffset anchor, TimeSpan every, DateTimeOffset start, DateTimeOffset end)
    {
        var times = new List<DateTimeOffset>();
        var at = anchor;
        while (at > start) at -= every;
        for (; at <= end; at += every)
        {
            if (at > start) times.Add(at);
        }

        return times;
    }

    private async Task StartAsync()
    {
        var isFirst = _store is null;
        _store = new CrashingStore(open(), _committed);
        _engine = EmbeddedJobs.Create(b =>
        {
            b.UseStore(_ => _store);
            b.Clock = _clock;
            b.Seed = seed + Deaths;
            b.DrainTime = b.StopTime = TimeSpan.Zero;
            b.Schedules = new ScheduleOptions { RefreshTime = TimeSpan.FromDays(1000) };
            b.Handle(Work, (_, job) =>
            {
                _ran.AddOrUpdate(job.Headers[ScheduleHeaders.Schedule] + " " + job.Headers[ScheduleHeaders.Time], 1, (_, times) => times + 1);
                return Task.CompletedTask;
            });
        });
        await _engine.StartAsync().Soon();
        if (!isFirst) return;
        foreach (var schedule in _schedules) await _engine.Client.Schedules.AddAsync(schedule.Definition).Soon();
    }

    /// <summary>Has everything that is due fired, by as many processes as it takes.</summary>
    private async Task LookAsync()
    {
        while (!await _engine!.AreSchedulesSettledAsync().Soon() || _store!.IsDead)
        {
            Assert.True(_store!.IsDead, $"A living process could not settle its schedules (seed {seed}).");
            DeathsWhileFiring++;
            await DieAsync();
            await StartAsync();
        }
    }

    /// <summary>The process is gone: nothing of what it still tries has an effect.</summary>
    private async Task DieAsync()
    {
        _store!.Die();
        Deaths++;
        await _engine!.DisposeAsync().Soon();
    }

    private async Task OutageAsync(DateTimeOffset end)
    {
        await DieAsync();
        var length = _random.Next(2) == 0 ? TimeSpan.FromSeconds(_random.Next(30, 7200)) : TimeSpan.FromMinutes(_random.Next(60, 3 * 24 * 60));
        if (_clock.GetUtcNow() + length < end) _clock.Advance(length);
        await StartAsync();
        await LookAsync();
        foreach (var schedule in _schedules) schedule.LookAt(_clock.GetUtcNow());
    }

    private async Task CheckAsync()
    {
        var expected = _schedules.SelectMany(s => s.Names).ToHashSet();
        var missing = expected.Where(name => !_committed.ContainsKey(name)).Order(StringComparer.Ordinal).Take(5).ToList();
        var surplus = _committed.Keys.Where(name => !expected.Contains(name)).Order(StringComparer.Ordinal).Take(5).ToList();
        var twice = _committed.Where(c => c.Value > 1).Select(c => c.Key).Take(5).ToList();
        Assert.True(
            missing.Count + surplus.Count + twice.Count == 0,
            $"Seed {seed}: missing {string.Join(", ", missing)}; not expected {string.Join(", ", surplus)}; twice {string.Join(", ", twice)}");
        foreach (var schedule in _schedules)
        {
            var stored = await _engine!.Client.Schedules.GetAsync(schedule.Definition.Id).Soon();
            Assert.Equal((schedule.Definition.Id, (long)schedule.Fired.Count), (stored.Id, stored.Runs));
        }

        // What is jittered or was running when a process died still has to run.
        for (var i = 0; i < 100 && expected.Any(name => !_ran.ContainsKey(name)); i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            while ((await _engine!.Client.CountAsync().Soon()) is { Pending: > 0 } or { Running: > 0 }) await Task.Yield();
        }

        Assert.Empty(expected.Where(name => !_ran.ContainsKey(name)).Take(5));
    }
}
