using System.Diagnostics;
using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>Schedules declared in code and managed at run time, and the jobs that they make (C-3, C-4, C-5).</summary>
public abstract class ScheduleContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Recording<(string Text, ScheduleId? Schedule, DateTimeOffset? Time)> _runs = new();

    [Fact]
    public async Task A_schedule_fires_at_its_times_and_tells_the_job_which()
    {
        var client = await StartClientAsync(b => Handling(b));
        var start = Now;
        var stored = await client.Schedules.AddAsync("s", Work, "x", s => s.Every(Minute)).Soon();
        Assert.Equal((start + Minute, (DateTimeOffset?)null, 0L), (stored.Next, stored.Last, stored.Runs));
        await Advance(Minute, _runs.Reaches(1));
        await Advance(Minute, _runs.Reaches(2));
        Assert.Equal([("x", (ScheduleId?)"s", (DateTimeOffset?)(start + Minute)), ("x", "s", start + (2 * Minute))], _runs.Items);
        var after = await SettledAsync(client, "s", s => s.Runs == 2);
        Assert.Equal((start + (2 * Minute), start + (3 * Minute)), (after.Last, after.Next));
        var job = await client.GetAsync(after.LastJob!.Value).Soon();
        Assert.Equal((after.Last, Work.Name), (job.RunAt, job.Task));
    }

    [Fact]
    public async Task A_cron_schedule_fires_in_its_zone()
    {
        var client = await StartClientAsync(b => Handling(b));
        var stored = await client.Schedules.AddAsync("s", Work, "x", s => s.Cron("0 9 * * 1-5", "Europe/Berlin")).Soon();

        // The clock shows Monday, 6 May 2030, 07:08:09 UTC, which is after 09:00 in Berlin.
        var tuesday = new DateTimeOffset(2030, 5, 7, 7, 0, 0, TimeSpan.Zero);
        Assert.Equal(tuesday, stored.Next);
        var found = await client.Schedules.FindAsync("s", 5).Soon();
        Assert.Equal([tuesday, tuesday.AddDays(1), tuesday.AddDays(2), tuesday.AddDays(3), tuesday.AddDays(6)], found!.Upcoming);
        await Advance(tuesday - Now, _runs.Reaches(1));
        Assert.Equal(tuesday, _runs.Items[0].Time);
    }

    [Fact]
    public async Task Jitter_delays_the_job_and_not_the_occurrence()
    {
        var client = await StartClientAsync(b => Handling(b));
        var start = Now;
        await client.Schedules.AddAsync("s", Work, "x", s => s.Every(Hour).MaxRuns(1).Jitter(30 * Minute)).Soon();
        Clock.Advance(Hour);
        var fired = await SettledAsync(client, "s", s => s.Runs == 1);
        var job = await client.GetAsync(fired.LastJob!.Value).Soon();
        Assert.InRange(job.RunAt, start + Hour, start + Hour + (30 * Minute));
        Assert.Equal(start + Hour, fired.Last);
        if (job.State is JobState.Scheduled) await AdvanceUntil(job.RunAt - Now, _runs.Reaches(1));
        Assert.Equal(start + Hour, (await _runs.Reaches(1).Soon())[0].Time);
    }

    [Fact]
    public async Task Start_end_and_the_number_of_runs_are_kept()
    {
        var client = await StartClientAsync(b => Handling(b));
        var start = Now;
        var bounded = await client.Schedules.AddAsync(
            "bounded", Work, "x", s => s.Every(Minute, start).From(start + (5 * Minute)).Until(start + (7 * Minute))).Soon();
        var counted = await client.Schedules.AddAsync("counted", Other, "y", s => s.Every(Hour).MaxRuns(2)).Soon();
        Assert.Equal((start + (5 * Minute), start + Hour), (bounded.Next, counted.Next));
        var page = await client.Schedules.ListAsync(new ScheduleQuery { UpcomingTimes = 9 }).Soon();
        Assert.Equal([2, 2], page.Select(s => s.Upcoming.Count));
        await Advance(5 * Minute, _runs.Reaches(1));
        await Advance(Minute, _runs.Reaches(2));
        Assert.Null((await SettledAsync(client, "bounded", s => s.Runs == 2)).Next);
        await Advance(Hour, _runs.Reaches(3));
        await Advance(Hour, _runs.Reaches(4));
        var ended = await SettledAsync(client, "counted", s => s.Runs == 2);
        Assert.Null(ended.Next);
        Assert.Empty(ended.Upcoming);
        Clock.Advance(3 * Hour);
        await client.RunAsync(Measure, "marker").Soon();
        Assert.Equal(4, _runs.Items.Count);
    }

    [Fact]
    public async Task A_paused_schedule_does_not_fire_and_does_not_make_up()
    {
        var engine = await StartAsync(b => Handling(b));
        var client = engine.Client;
        var start = Now;
        await client.Schedules.AddAsync("s", Work, "x", s => s.Every(Hour)).Soon();
        var paused = await client.Schedules.PauseAsync("s").Soon();
        Assert.Equal((true, (DateTimeOffset?)null), (paused.IsPaused, paused.Next));
        Assert.Equal(paused.Version, (await client.Schedules.PauseAsync("s").Soon()).Version);
        if (Capabilities.KeepsJobsOverRestart)
        {
            await engine.StopAsync().Soon();
            client = await StartClientAsync(b => Handling(b));
        }

        Clock.Advance(5 * Hour);
        await client.RunAsync(Measure, "marker").Soon();
        Assert.Empty(_runs.Items);
        var resumed = await client.Schedules.ResumeAsync("s").Soon();
        Assert.Equal((false, start + (6 * Hour)), (resumed.IsPaused, resumed.Next));
        await Advance(Hour, _runs.Reaches(1));
        Assert.Equal(start + (6 * Hour), Assert.Single(_runs.Items).Time);
    }

    [Fact]
    public async Task Triggering_fires_now_and_counts_for_nothing()
    {
        var client = await StartClientAsync(b => Handling(b));
        var stored = await client.Schedules.AddAsync("s", Work, "x", s => s.Every(Hour).MaxRuns(1).StartPaused()).Soon();
        var job = await client.Schedules.TriggerAsync("s").Soon();
        Assert.Equal(JobState.Completed, (await EndOf(job)).State);
        Assert.Equal(("x", (ScheduleId?)"s", (DateTimeOffset?)new DateTimeOffset(Now.Ticks - (Now.Ticks % 10_000), TimeSpan.Zero)), _runs.Items[0]);
        var again = await client.Schedules.TriggerAsync("s").Soon();
        Assert.NotEqual(job.Id, again.Id);
        await EndOf(again);
        Assert.Equal(stored.Version, (await client.Schedules.GetAsync("s").Soon()).Version);
    }

    [Fact]
    public async Task Changing_a_schedule_never_fires_it()
    {
        var client = await StartClientAsync(b => Handling(b));
        var start = Now;
        await client.Schedules.AddAsync("s", Work, "x", s => s.Every(Hour)).Soon();
        Clock.Advance(30 * Minute);
        var changed = await client.Schedules.ChangeAsync("s", s => s.Every(10 * Minute)).Soon();
        Assert.Equal(start + (40 * Minute), changed.Next);
        var renamed = await client.Schedules.UpsertAsync("s", Work, "y", s => s.Every(10 * Minute)).Soon();
        Assert.Equal(start + (40 * Minute), renamed.Next);
        var same = await client.Schedules.UpsertAsync("s", Work, "y", s => s.Every(10 * Minute)).Soon();
        Assert.Equal(renamed.Version, same.Version);
        await client.RunAsync(Measure, "marker").Soon();
        Assert.Empty(_runs.Items);
        await Advance(10 * Minute, _runs.Reaches(1));
        Assert.Equal(("y", (ScheduleId?)"s", (DateTimeOffset?)(start + (40 * Minute))), _runs.Items[0]);
    }

    [Fact]
    public async Task Removing_touches_only_what_the_schedule_made_and_only_if_asked()
    {
        var client = await StartClientAsync(b => Handling(b).Queue("idle", q => q.Concurrency = 0));
        foreach (var id in (ScheduleId[])["kept", "gone", "other"])
            await client.Schedules.AddAsync(id, Work, id.Value, s => s.Every(Hour).Job(o => o.On("idle"))).Soon();
        var own = await client.EnqueueAsync(Work, "own", o => o.On("idle")).Soon();
        Clock.Advance(Hour);
        var jobs = new List<JobId>();
        foreach (var id in (ScheduleId[])["kept", "gone", "other"]) jobs.Add((await SettledAsync(client, id, s => s.Runs == 1)).LastJob!.Value);

        Assert.Equal(0, await client.Schedules.RemoveAsync("kept").Soon());
        Assert.Equal(1, await client.Schedules.RemoveAsync("gone", withWaitingJobs: true).Soon());

        Assert.NotNull(await client.FindAsync(jobs[0]).Soon());
        Assert.Null(await client.FindAsync(jobs[1]).Soon());
        Assert.NotNull(await client.FindAsync(jobs[2]).Soon());
        Assert.NotNull(await client.FindAsync(own.Id).Soon());
        Assert.Equal(["other"], (await client.Schedules.ListAsync().Soon()).Select(s => s.Id.Value));
        Clock.Advance(Hour);
        await SettledAsync(client, "other", s => s.Runs == 2);
        Assert.Equal(4, (await client.CountAsync("idle").Soon()).Pending);
    }

    [Fact]
    public async Task Occurrences_run_side_by_side_and_failed_ones_are_retried()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Work, async (text, job) =>
        {
            await held.RunDeafAsync(text, job);
            if (job.Attempt == 1) throw new FormatException("first try");
        }));
        await client.Schedules.AddAsync("a", Work, "a", s => s.Every(10 * Minute)).Soon();
        await client.Schedules.AddAsync("b", Work, "b", s => s.Every(10 * Minute).MaxRuns(1)).Soon();
        await Advance(10 * Minute, held.Runs.Reaches(2));
        await Advance(10 * Minute, held.Runs.Reaches(3));
        Assert.Equal(new JobCounts { Running = 3 }, await client.CountAsync().Soon());
        Assert.Equal(2, held.Runs.Items.Count(job => job.Schedule == "a"));
        held.Release(6);
        await AdvanceUntil(Minute, held.Runs.Reaches(6));
        var all = await held.Runs.Reaches(6).Soon();
        Assert.Equal(3, all.Select(job => job.Id).Distinct().Count());
        foreach (var job in all) Assert.Equal((JobState.Completed, 2), await EndOf(client.Handle(job.Id)) is var end ? (end.State, end.Attempt) : default);
    }

    [Fact]
    public async Task A_schedule_skips_while_its_job_is_not_finished()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Work, held.RunAsync));
        await client.Schedules.AddAsync("s", Work, "x", s => s.Every(Minute).OnOverlap(OverlapPolicy.Skip)).Soon();
        await Advance(Minute, held.Runs.Reaches(1));
        var start = held.Runs.Items[0].ScheduledTime!.Value;
        Clock.Advance(Minute);
        await SettledAsync(client, "s", s => s.Next == start + (2 * Minute));
        held.Release();
        await client.WaitAsync((await client.Schedules.GetAsync("s").Soon()).LastJob!.Value).Soon();
        await Advance(Minute, held.Runs.Reaches(2));
        Assert.Equal(start + (2 * Minute), held.Runs.Items[1].ScheduledTime);
        Assert.Equal(2, (await SettledAsync(client, "s", s => s.Runs == 2)).Runs);
    }

    [Fact]
    public async Task A_schedule_queues_one_job_behind_the_one_that_runs()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Work, held.RunAsync));
        await client.Schedules.AddAsync("s", Work, "x", s => s.Every(Minute).OnOverlap(OverlapPolicy.QueueOne)).Soon();
        await Advance(Minute, held.Runs.Reaches(1));
        var start = held.Runs.Items[0].ScheduledTime!.Value;
        Clock.Advance(Minute);
        await SettledAsync(client, "s", s => s.Runs == 2);
        Clock.Advance(Minute);
        await SettledAsync(client, "s", s => s.Next == start + (3 * Minute));
        Assert.Single(held.Runs.Items);
        held.Release();
        var second = (await held.Runs.Reaches(2).Soon())[1];
        Assert.Equal(start + Minute, second.ScheduledTime);
        Assert.Equal(2, (await client.Schedules.GetAsync("s").Soon()).Runs);
        held.Release(10);
        await client.WaitAsync(second.Id).Soon();
        await Advance(Minute, held.Runs.Reaches(3));
        Assert.Equal(start + (3 * Minute), held.Runs.Items[2].ScheduledTime);
    }

    [Fact]
    public async Task A_schedule_of_every_node_names_the_node_in_its_jobs()
    {
        var client = await StartClientAsync(b =>
        {
            Handling(b);
            b.WorkerName = "node-1";
        });
        var stored = await client.Schedules.AddAsync("s", Work, "x", s => s.Every(Minute).InScope(ScheduleScope.EveryNode).MaxRuns(2)).Soon();
        await Advance(Minute, _runs.Reaches(1));
        await Advance(Minute, _runs.Reaches(2));
        var job = Assert.Single(await client.ListAsync(new JobQuery { Task = Work.Name, PageJobs = 1 }).Soon());
        Assert.EndsWith("/node-1", job.UniqueKey, StringComparison.Ordinal);
        Clock.Advance(5 * Minute);
        await client.RunAsync(Measure, "marker").Soon();
        Assert.Equal(2, _runs.Items.Count);
        Assert.Equal(stored.Version, (await client.Schedules.GetAsync("s").Soon()).Version);
    }

    [Fact]
    public async Task A_schedule_goes_on_although_its_jobs_fail()
    {
        var statistics = new JobStatistics(Clock);
        var client = await StartClientAsync(b => b.AddStatistics(statistics).Handle(Work, (text, job) =>
        {
            _runs.Add((text, job.Schedule, job.ScheduledTime));
            return _runs.Items.Count == 2 ? Task.CompletedTask : throw new FormatException($"run {_runs.Items.Count}");
        }));
        var start = Now;
        await client.Schedules.AddAsync("s", Work, "x", s => s.Every(Minute).Job(o => o.UsePreset(RetryPreset.Once))).Soon();
        var errors = new List<string?>();
        for (var run = 1; run <= 3; run++)
        {
            await Advance(Minute, _runs.Reaches(run));
            var fired = await SettledAsync(client, "s", s => s.Runs == run);
            errors.Add((await client.WaitAsync(fired.LastJob!.Value).Soon()).LastError?.Message);
        }

        Assert.Equal(["run 1", null, "run 3"], errors);
        Assert.Equal([start + Minute, start + (2 * Minute), start + (3 * Minute)], _runs.Items.Select(r => r.Time!.Value));
        Assert.Equal(new JobCounts { Dead = 2, Completed = 1 }, await client.CountAsync().Soon());
        Assert.Equal(3, statistics.Of("default", Work.Name).Started);
    }

    [Fact]
    public async Task Jobs_of_a_schedule_have_the_user_that_it_says_and_not_that_of_whoever_stored_it()
    {
        var users = new Recording<(string? Schedule, string? User, string? Trace)>();
        var client = await StartClientAsync(b => b.Handle(Work, (_, job) =>
        {
            users.Add((job.Schedule?.Value, job.User, job.TraceParent));
            return Task.CompletedTask;
        }));
        using (var storing = new Activity("storing").SetIdFormat(ActivityIdFormat.W3C).Start())
        {
            JobRequest.User = "operator";
            await client.Schedules.AddAsync("nobodys", Work, "x", s => s.Every(Minute)).Soon();
            await client.Schedules.AddAsync("somebodys", Work, "x", s => s.Every(Minute).Job(o => o.User = "robot")).Soon();
            JobRequest.User = null;
        }

        await Advance(Minute, users.Reaches(2));
        Assert.Equal([("nobodys", null, null), ("somebodys", "robot", null)], users.Items.OrderBy(u => u.Schedule, StringComparer.Ordinal));
    }

    private JobsBuilder Handling(JobsBuilder builder)
    {
        Task Note(string text, JobContext job)
        {
            _runs.Add((text, job.Schedule, job.ScheduledTime));
            return Task.CompletedTask;
        }

        builder.Handle(Work, Note);
        builder.Handle(Other, Note);
        builder.Handle(Measure, (text, _) => Task.FromResult(text.Length));
        return builder;
    }

    /// <summary>The schedule, once what its occurrence has brought about is written.</summary>
    private static Task<ScheduleSnapshot> SettledAsync(IJobClient client, ScheduleId id, Func<ScheduleSnapshot, bool> holds)
    {
        return LookAsync().Soon();

        async Task<ScheduleSnapshot> LookAsync()
        {
            while (true)
            {
                var schedule = await client.Schedules.GetAsync(id);
                if (holds(schedule)) return schedule;
                await Task.Yield();
            }
        }
    }
}
