using System.Collections.Concurrent;

namespace Jobs.Conformance.Engines;

/// <summary>Limits on what runs that are declared, set, changed and removed.</summary>
public abstract class RunLimitChangeContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly RunLimit Two = new("work") { Task = "work", MaxRunning = 2 };

    private readonly HeldHandler _handler = new();
    private readonly ConcurrentDictionary<JobId, bool> _again = new();

    [Fact]
    public async Task A_limit_is_changed_while_jobs_run_and_wait()
    {
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 20).Handle(Work, _handler.RunAsync));
        var jobs = new List<JobHandle>(await client.EnqueueManyAsync(Work, ["1", "2", "3"]));
        await _handler.Runs.Reaches(3).Soon();

        // What runs counts although it started before there was a limit.
        await client.Limits.SetAsync(Two);
        jobs.AddRange(await client.EnqueueManyAsync(Work, ["4", "5", "6", "7", "8", "9"]));
        _handler.Release();
        await Task.WhenAny(jobs.Select(EndOf)).Soon();
        await LooksAsync(client);
        Assert.Equal(3, _handler.Runs.Items.Count);
        _handler.Release();
        await _handler.Runs.Reaches(4).Soon();

        await client.Limits.SetAsync(new RunLimit("work") { Task = "work", MaxRunning = 4 });
        await _handler.Runs.Reaches(6).Soon();
        await LooksAsync(client);
        Assert.Equal(6, _handler.Runs.Items.Count);
        Assert.True(await client.Limits.RemoveAsync("work"));
        await _handler.Runs.Reaches(9).Soon();
        Assert.False(await client.Limits.RemoveAsync("work"));
        _handler.Release(9);
        foreach (var job in jobs) await EndOf(job);
    }

    [Fact]
    public async Task Whatever_becomes_of_jobs_and_limits_every_job_has_its_turn()
    {
        // Keys, groups, priorities, second attempts and cancellations at random, in windows that hold a few of them.
        var random = new Random(TestSeed.Value);
        var client = await StartClientAsync(b =>
        {
            b.Window = new() { WindowReadyJobs = 8, WindowDueJobs = 8, WindowGroupJobs = 2, WindowLimitedJobs = 4, WindowLimitKeys = 3 };
            b.Queue("default", q => (q.Partitions, q.Concurrency) = (2, 6)).Handle(Work, RunAsync).Handle(Other, RunAsync)
                .Limit(new RunLimit("all") { MaxRunning = 5 }).Limit(new RunLimit("keys") { PerKey = true, MaxRunning = 1 });
        });
        var jobs = new List<JobHandle>();
        for (var i = 0; i < 240; i++)
        {
            jobs.Add(await client.EnqueueAsync(random.Next(3) == 0 ? Other : Work, $"{random.Next(6)}", o =>
            {
                o.Backoff = RetryPolicy.None;
                o.Priority = random.Next(3);
                if (random.Next(4) > 0) o.LimitKey = $"key {random.Next(5)}";
                if (random.Next(6) == 0) o.GroupKey = $"group {random.Next(2)}";
            }));
            if (i % 40 == 20) await client.Limits.SetAsync(new RunLimit("keys") { PerKey = random.Next(3) > 0, MaxRunning = 1 + random.Next(3) });
            if (i % 40 == 30) await client.Limits.RemoveAsync(random.Next(2) == 0 ? "all" : "keys");
            if (i % 40 == 39) await client.Limits.SetAsync(new RunLimit("all") { Task = random.Next(2) == 0 ? "work" : null, MaxRunning = 1 + random.Next(5) });
            if (random.Next(8) == 0) await CancelAsync(jobs[random.Next(jobs.Count)]);
        }

        foreach (var job in jobs) Assert.True((await EndOf(job)).State is JobState.Completed or JobState.Cancelled, $"Seed {TestSeed.Value}");
    }

    [Fact]
    public async Task A_limit_of_zero_holds_everything_back_until_it_is_changed()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask).Handle(Other, (_, _) => Task.CompletedTask)
            .Limit(new RunLimit("none") { Task = "work", MaxRunning = 0 }));
        var job = await client.EnqueueAsync(Work, "x");
        await EndOf(await client.EnqueueAsync(Other, "x"));
        await LooksAsync(client);
        var waiting = await job.GetAsync();
        Assert.Equal((JobState.Pending, 0, "none"), (waiting.State, waiting.Deliveries, waiting.WaitsForLimit));
        await client.Limits.SetAsync(new RunLimit("none") { Task = "work", MaxRunning = 1 });
        Assert.Null((await EndOf(job)).WaitsForLimit);
    }

    [Fact]
    public async Task A_limit_says_since_when_and_by_whom_and_setting_it_again_changes_nothing()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var start = Now;
        JobRequest.User = "ada";
        var all = new RunLimit("all")
        {
            Queue = "mail",
            Task = "work",
            PerKey = true,
            MaxRunning = 5,
            Rate = new RunRate(7, Minute) { Burst = 3 },
        };
        var first = await client.Limits.SetAsync(all);
        Clock.Advance(Minute);
        JobRequest.User = "bob";
        Assert.Equal(first, await client.Limits.SetAsync(all));
        var other = await client.Limits.SetAsync(Two);
        Assert.Equal((all, start, "ada"), (first.Limit, first.Since, first.By));
        Assert.Equal([first, other], await client.Limits.ListAsync());
        var changed = await client.Limits.SetAsync(all with { PerKey = false });
        Assert.Equal((start + Minute, "bob"), (changed.Since, changed.By));
        Assert.Equal([changed, other], await client.Limits.ListAsync());
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_and_changes_nothing()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        Assert.Throws<InvalidNameException>(() => new RunLimit("no good"));
        foreach (var wrong in (RunLimit[])
                 [
                     new("x"), new("x") { MaxRunning = -1 }, new("x") { MaxRunning = 1_000_001 }, new("x") { Rate = new RunRate(0, Minute) },
                     new("x") { Rate = new RunRate(1, TimeSpan.Zero) }, new("x") { Rate = new RunRate(1, Minute) { Burst = 0 } },
                 ])
            await Assert.ThrowsAsync<InvalidJobOptionException>(async () => await client.Limits.SetAsync(wrong));
        await Assert.ThrowsAsync<InvalidNameException>(async () => await client.Limits.SetAsync(new RunLimit("x") { Task = "no good", MaxRunning = 1 }));
        await Assert.ThrowsAsync<InvalidJobOptionException>(async () => await client.EnqueueAsync(Work, "x", o => o.LimitKey = ""));
        Assert.Empty(await client.Limits.ListAsync());
    }

    [Fact]
    public async Task Limits_outlive_the_engine_and_what_an_operator_changed_stays_until_the_code_declares_something_else()
    {
        if (!Capabilities.KeepsJobsOverRestart) Assert.Skip("Its engines share no storage.");
        var first = await StartAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask).Limit(Two));
        Assert.Equal(Two, Assert.Single(await first.Client.Limits.ListAsync()).Limit);
        var operators = Two with { MaxRunning = 0 };
        await first.Client.Limits.SetAsync(operators);
        await first.Client.Limits.SetAsync(new RunLimit("more") { MaxRunning = 7 });
        var job = await first.Client.EnqueueAsync(Work, "left");
        await first.StopAsync();

        var second = await StartAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask).Handle(Other, (_, _) => Task.CompletedTask).Limit(Two));
        Assert.Equal([new RunLimit("more") { MaxRunning = 7 }, operators], (await second.Client.Limits.ListAsync()).Select(l => l.Limit));
        await EndOf(await second.Client.EnqueueAsync(Other, "x"));
        await LooksAsync(second.Client);
        Assert.Equal(0, (await second.Client.Handle(job.Id).GetAsync()).Deliveries);
        await second.StopAsync();

        var third = Two with { MaxRunning = 3 };
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask).Limit(third));
        Assert.Equal(third, (await client.Limits.ListAsync())[1].Limit);
        await EndOf(client.Handle(job.Id));
    }

    [Fact]
    public void A_limit_is_declared_once()
    {
        var builder = new Jobs.Core.JobsBuilder().Limit(Two);
        Assert.Throws<InvalidJobOptionException>(() => builder.Limit(Two));
        Assert.Throws<InvalidJobOptionException>(() => builder.Limit(new RunLimit("nothing")));
    }

    private async Task<JobOutcome> RunAsync(string text, JobContext job)
    {
        await Task.Yield();
        if (text == "1" && job.Attempt == 1) throw new InvalidOperationException("It fails.");
        return text == "2" && _again.TryAdd(job.Id, true) ? JobOutcome.RescheduleAfter(TimeSpan.Zero) : JobOutcome.Done();
    }

    private static async Task CancelAsync(JobHandle job)
    {
        try
        {
            await job.CancelAsync();
        }
        catch (WrongJobStateException)
        {
            // It has ended already.
        }
    }

    private static async Task LooksAsync(IJobClient client)
    {
        for (var look = 0; look < 2; look++) await client.CountAsync();
    }
}
