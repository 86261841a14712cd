using System.Text;
using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>Outages and clocks that are set: what was missed follows the policy, and nothing repeats or hangs (C-4). Declarations at start.</summary>
public abstract class MisfireContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly Recording<(string Schedule, DateTimeOffset Time)> _runs = new();

    [Fact]
    public async Task After_an_outage_each_schedule_follows_its_policy()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var start = Now;
        var engine = await StartAsync(b => Handling(b));
        var schedules = engine.Client.Schedules;
        await schedules.AddAsync("all", Work, "x", s => s.Every(Hour).OnMisfire(MisfirePolicy.FireAll())).Soon();
        await schedules.AddAsync("once", Work, "x", s => s.Every(Hour).OnMisfire(MisfirePolicy.FireOnce)).Soon();
        await schedules.AddAsync("skip", Work, "x", s => s.Every(Hour).OnMisfire(MisfirePolicy.Skip)).Soon();
        await schedules.AddAsync("some", Work, "x", s => s.Every(Hour).OnMisfire(MisfirePolicy.FireAll(2))).Soon();
        await engine.StopAsync().Soon();
        Clock.Advance((5 * Hour) + (30 * Minute));

        var client = await StartClientAsync(b => Handling(b));

        var runs = await _runs.Reaches(8).Soon();
        Assert.Equal([1, 2, 3, 4, 5], HoursOf("all"));
        Assert.Equal([1], HoursOf("once"));
        Assert.Equal([], HoursOf("skip"));
        Assert.Equal([1, 2], HoursOf("some"));
        await Advance(30 * Minute, _runs.Reaches(12));
        foreach (var id in (string[])["all", "once", "skip", "some"]) Assert.Equal(6, HoursOf(id)[^1]);
        Assert.Equal(12, _runs.Items.Count);

        List<int> HoursOf(string id) => [.. _runs.Items.Where(r => r.Schedule == id).Select(r => (int)(r.Time - start).TotalHours).Order()];
    }

    [Fact]
    public async Task An_occurrence_that_is_a_little_late_is_not_missed()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var start = Now;
        var engine = await StartAsync(b => Handling(b));
        await engine.Client.Schedules.AddAsync("skip", Work, "x", s => s.Every(Hour).OnMisfire(MisfirePolicy.Skip)).Soon();
        await engine.StopAsync().Soon();
        Clock.Advance((3 * Hour) + Minute);
        await StartAsync(b => Handling(b));
        var run = Assert.Single(await _runs.Reaches(1).Soon());
        Assert.Equal(start + (3 * Hour), run.Time);
    }

    [Fact]
    public async Task Many_nodes_declare_the_same_schedules_at_once()
    {
        if (!Capabilities.KeepsJobsOverRestart || !Capabilities.AreNodes) return;
        var engines = Enumerable.Range(0, 4).Select(_ => Create(b => Declaring(b, "x"))).ToList();
        await Task.WhenAll(engines.Select(e => Task.Run(e.StartAsync))).Soon();
        var listed = await engines[0].Client.Schedules.ListAsync().Soon();
        Assert.Equal([("daily", true), ("hourly", true)], listed.Select(s => (s.Id.Value, s.IsDeclared)));
        foreach (var engine in engines) await engine.StopAsync().Soon();
        var last = await StartClientAsync(b => Declaring(b, "x"));
        Assert.Equal(listed.Select(s => s.Version), (await last.Schedules.ListAsync().Soon()).Select(s => s.Version));
        await Advance(Hour, _runs.Reaches(1));
        Clock.Advance(Minute);
        Assert.Single(_runs.Items);
    }

    /// <summary>
    /// Who does not own the queue looks again each second, and a process that has just lost it leaves an occurrence for a second, as all of them
    /// may. The time follows them on, by more seconds the slower the machine is: so a day lies between two occurrences, and the records are kept.
    /// </summary>
    [Fact]
    public async Task Many_nodes_declare_different_things_at_once_and_each_occurrence_fires_once()
    {
        if (!Capabilities.KeepsJobsOverRestart || !Capabilities.AreNodes) return;
        var start = Now;
        string[] own = ["own-0", "own-1", "own-2", "own-3"];
        var engines = own.Select(id => Create(b => Declaring(b, id).Schedule(id, Work, id, s => s.Every(Day).Job(Kept)))).ToList();
        await Task.WhenAll(engines.Select(e => Task.Run(e.StartAsync))).Soon();
        var listed = await engines[0].Client.Schedules.ListAsync().Soon();
        Assert.Equal(["daily", "hourly", .. own], listed.Select(s => s.Id.Value));
        Assert.Contains(Encoding.UTF8.GetString(listed[1].Definition.Payload.Span), own.Select(id => $"\"{id}\""));

        // Whoever owns the queue gets to know what the others have declared, and nothing fires twice or is left out for that. (A job may run
        // twice where every process takes the partition from the others at once; it has one record.)
        await DayAsync(runs: 4);
        await DayAsync(runs: 8);
        var expected = own.SelectMany(id => new[] { (id, start + Day), (id, start + (2 * Day)) });
        Assert.Equal(expected.Order(), OwnRuns().Order());
        var jobs = new List<JobSnapshot>();
        while (await engines[0].Client.ListAsync(new JobQuery { PageJobs = 100, After = jobs.LastOrDefault()?.Id }).Soon() is { Count: > 0 } page)
            jobs.AddRange(page);
        Assert.Equal(8, jobs.Count(job => own.Contains(job.Headers[ScheduleHeaders.Schedule])));

        async Task DayAsync(int runs)
        {
            var moment = TimeSpan.FromSeconds(10);
            Clock.Advance(start + (runs / own.Length * Day) - moment - Now);
            await AdvanceUntil(moment, Until(() => OwnRuns().Count() == runs));
        }

        IEnumerable<(string Schedule, DateTimeOffset Time)> OwnRuns() => _runs.Items.Distinct().Where(run => own.Contains(run.Schedule));
    }

    [Fact]
    public async Task A_declaration_that_did_not_change_leaves_what_an_operator_changed()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var engine = await StartAsync(b => Declaring(b, "x"));
        await engine.Client.Schedules.ChangeAsync("hourly", s => s.Every(2 * Hour)).Soon();
        await engine.Client.Schedules.PauseAsync("daily").Soon();
        await engine.StopAsync().Soon();

        engine = await StartAsync(b => Declaring(b, "x"));
        Assert.Equal(ScheduleTiming.Every(2 * Hour).Describe(), (await engine.Client.Schedules.GetAsync("hourly").Soon()).Definition.Timing.Describe());
        Assert.True((await engine.Client.Schedules.GetAsync("daily").Soon()).IsPaused);
        await engine.StopAsync().Soon();

        var changed = await StartClientAsync(b => Declaring(b, "y"));
        var hourly = await changed.Schedules.GetAsync("hourly").Soon();
        Assert.Equal(ScheduleTiming.Every(Hour).Describe(), hourly.Definition.Timing.Describe());
        Assert.Equal("\"y\""u8.ToArray(), hourly.Definition.Payload.ToArray());
        Assert.True((await changed.Schedules.GetAsync("daily").Soon()).IsPaused);
    }

    [Fact]
    public async Task What_is_due_when_a_declaration_changes_something_else_still_fires()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var start = Now;
        var engine = await StartAsync(b => Declaring(b, "x"));
        await engine.StopAsync().Soon();
        Clock.Advance(Hour + Second);
        await StartAsync(b => Declaring(b, "y"));
        Assert.Equal(("hourly", start + Hour), Assert.Single(await _runs.Reaches(1).Soon()));
    }

    [Fact]
    public async Task A_schedule_whose_task_has_no_handler_waits_and_the_others_go_on()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var engine = await StartAsync(b => Handling(b).Handle(Other, (_, _) => Task.CompletedTask));
        await engine.Client.Schedules.AddAsync("orphan", Other, "x", s => s.Every(Minute)).Soon();
        await engine.Client.Schedules.AddAsync("fine", Work, "x", s => s.Every(Minute)).Soon();
        await engine.StopAsync().Soon();
        engine = await StartAsync(b => Handling(b));
        await Advance(Minute, _runs.Reaches(1));
        await Advance(Minute, _runs.Reaches(2));
        Assert.Equal(0, (await engine.Client.Schedules.GetAsync("orphan").Soon()).Runs);
        var late = new Signal();
        engine.Registry.Handle(Other, (_, _) =>
        {
            late.Set();
            return Task.CompletedTask;
        });

        // The look that fails without the handler may end only now, and is then repeated after a pause from now.
        await AdvanceUntil(Minute, late.Task);
    }

    [Fact]
    public async Task Nodes_that_declare_different_schedules_leave_each_others_alone()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var first = await StartAsync(b => Declaring(b, "x"));
        var version = (await first.Client.Schedules.GetAsync("hourly").Soon()).Version;
        await first.StopAsync().Soon();

        var second = await StartAsync(b => Handling(b).Schedule("minutely", Work, "m", s => s.Every(Minute)));
        var listed = await second.Client.Schedules.ListAsync().Soon();
        Assert.Equal(["daily", "hourly", "minutely"], listed.Select(s => s.Id.Value));
        Assert.Equal(version, listed[1].Version);
        await second.StopAsync().Soon();
        await StartAsync(b => Declaring(b, "x"));
        await Advance(Minute, _runs.Reaches(1));
        Assert.Equal("minutely", _runs.Items[0].Item1);
    }

    private JobsBuilder Handling(JobsBuilder builder) => builder.Handle(Work, (_, job) =>
    {
        _runs.Add((job.Schedule!.Value.Value, job.ScheduledTime!.Value));
        return Task.CompletedTask;
    });

    private JobsBuilder Declaring(JobsBuilder builder, string payload) => Handling(builder)
        .Schedule("hourly", Work, payload, s => s.Every(Hour))
        .Schedule("daily", Work, "d", s => s.Cron("0 3 * * *", "America/New_York"));
}
