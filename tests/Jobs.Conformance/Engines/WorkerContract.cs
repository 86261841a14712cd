namespace Jobs.Conformance.Engines;

/// <summary>Who runs jobs, and what waits that nobody runs.</summary>
public abstract class WorkerContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private readonly HeldHandler _handler = new();

    [Fact]
    public async Task A_worker_tells_its_name_tasks_queues_and_what_it_runs()
    {
        var start = Now;
        var renamed = TaskDefinition.Create<string>("new-work", o => o.Aliases.Add("old-work"));
        var client = await StartClientAsync(b =>
        {
            b.CodeVersion = "7";
            b.Queue("mail", q => q.Concurrency = 3).Queue("idle", q => q.Concurrency = 0).Handle(Work, _handler.RunAsync).Handle(renamed, _handler.RunAsync);
        });
        Clock.Advance(Minute);
        var job = await client.EnqueueAsync(Work, "x", o => o.On("mail"));
        await _handler.Runs.Reaches(1).Soon();

        var workers = await client.Workers.ListAsync().Soon();
        Assert.NotEmpty(workers);
        Assert.Equal(workers.Count, workers.Select(w => w.Id).Distinct().Count());
        foreach (var worker in workers)
        {
            Assert.Equal(("7", true, false, Now), (worker.CodeVersion, worker.IsAnswering, worker.IsDraining, worker.LastSeenAt));
            Assert.Equal(["new-work", "old-work", "work"], worker.Tasks);
            Assert.Equal(start, worker.StartedAt);
            Assert.Equal(3, worker.Queues.Single(queue => queue.Queue == "mail").Concurrency);
            Assert.DoesNotContain(worker.Queues, queue => queue.Queue == "idle");
        }

        var running = Assert.Single(workers, w => w.RunningJobs == 1);
        Assert.Equal((await job.GetAsync()).Worker, running.Name);
        Assert.Equal(1, running.Queues.Single(queue => queue.Queue == "mail").RunningJobs);
        _handler.Release();
        await EndOf(job);
        await UntilAsync(async () => (await client.Workers.ListAsync()).All(w => w.RunningJobs == 0));
    }

    [Fact]
    public async Task A_service_that_runs_no_jobs_has_no_worker_and_all_that_waits_is_unhandled()
    {
        var client = await StartClientAsync(b =>
        {
            b.RunsJobs = false;
            b.Handle(Work, _handler.RunAsync);
        });
        await client.EnqueueAsync(Work, "x");
        Assert.Empty(await client.Workers.ListAsync().Soon());
        Assert.Equal(("default", "work", 1), Flat(Assert.Single(await client.Workers.ListUnhandledAsync().Soon())));
    }

    [Fact]
    public async Task A_task_that_nobody_handles_is_seen_with_how_many_wait_and_since_when()
    {
        var engine = await StartAsync(b => b.Accept(Other).Handle(Work, _handler.RunAsync));
        var client = engine.Client;
        Assert.Empty(await client.Workers.ListUnhandledAsync().Soon());
        var first = Now;
        await client.EnqueueAsync(Other, "a", o => o.On("mail"));
        Clock.Advance(Second);
        await client.EnqueueAsync(Other, "b", o => o.On("mail"));
        await client.EnqueueAsync(Other, "c");
        await client.EnqueueAsync(Other, "later", o => o.After(Minute));
        var busy = await client.EnqueueAsync(Work, "x");
        await _handler.Runs.Reaches(1).Soon();

        var unhandled = await client.Workers.ListUnhandledAsync().Soon();
        Assert.Equal([("mail", "other", 2), ("default", "other", 1)], unhandled.Select(Flat));
        Assert.Equal([first, first + Second], unhandled.Select(u => u.WaitingSince));
        Assert.All(unhandled, u => Assert.False(u.IsAtLeast));

        _handler.Release();
        await EndOf(busy);
        engine.Registry.Handle(Other, (_, _) => Task.CompletedTask);
        Assert.Empty(await client.Workers.ListUnhandledAsync().Soon());
        await UntilAsync(async () => (await client.CountAsync()).Completed == 4);
        engine.Registry.Remove(Other.Name);
        Assert.Empty(await client.Workers.ListUnhandledAsync().Soon());
        Clock.Advance(Minute);
        await UntilAsync(async () => (await client.Workers.ListUnhandledAsync()).Select(Flat).SequenceEqual([("default", "other", 1)]));
    }

    [Fact]
    public async Task What_waits_for_a_slot_or_is_paused_is_not_unhandled()
    {
        var client = await StartClientAsync(b =>
            b.Queue("default", q => q.Concurrency = 1).Queue("mail", q => q.Concurrency = 1).Handle(Work, _handler.RunAsync));
        await client.PauseQueueAsync("mail");
        await client.EnqueueAsync(Work, "paused", o => o.On("mail"));
        var running = new[] { await client.EnqueueAsync(Work, "a"), await client.EnqueueAsync(Work, "b") };
        await _handler.Runs.Reaches(1).Soon();
        Assert.Empty(await client.Workers.ListUnhandledAsync().Soon());
        _handler.Release(2);
        foreach (var job in running) await EndOf(job);
    }

    [Fact]
    public async Task A_queue_that_nobody_serves_has_unhandled_jobs()
    {
        var client = await StartClientAsync(b => b.Queue("mail", q => q.Concurrency = 0).Handle(Work, _handler.RunAsync));
        await client.EnqueueAsync(Work, "x", o => o.On("mail"));
        Assert.Equal(("mail", "work", 1), Flat(Assert.Single(await client.Workers.ListUnhandledAsync().Soon())));
    }

    [Fact]
    public async Task What_is_more_than_memory_holds_is_at_least_so_much()
    {
        var client = await StartClientAsync(b =>
        {
            b.Window = b.Window with { WindowReadyJobs = 8 };
            b.Accept(Other);
        });
        var first = Now;
        for (var i = 0; i < 40; i++)
        {
            await client.EnqueueAsync(Other, "x");
            Clock.Advance(Second);
        }

        var unhandled = Assert.Single(await client.Workers.ListUnhandledAsync().Soon());
        Assert.True(unhandled is { IsAtLeast: true, WaitingJobs: > 0 and < 40 }, unhandled.ToString());
        Assert.Equal(first, unhandled.WaitingSince);
    }

    [Fact]
    public async Task Of_a_group_one_is_counted_and_it_is_said_that_more_wait()
    {
        var client = await StartClientAsync(b => b.Accept(Other));
        for (var i = 0; i < 3; i++) await client.EnqueueAsync(Other, "x", o => o.GroupKey = "g");
        var unhandled = Assert.Single(await client.Workers.ListUnhandledAsync().Soon());
        Assert.Equal((1, true), (unhandled.WaitingJobs, unhandled.IsAtLeast));
    }

    [Fact]
    public async Task What_waits_for_a_limit_counts_when_the_handler_is_gone()
    {
        var limit = new RunLimit("keys") { Task = Work.Name, PerKey = true, MaxRunning = 1 };
        var engine = await StartAsync(b => b.Limit(limit).Accept(Work).Handle(Work, _handler.RunAsync));
        var client = engine.Client;
        var jobs = new List<JobHandle>();
        for (var i = 0; i < 3; i++) jobs.Add(await client.EnqueueAsync(Work, "x", o => o.LimitKey = "k"));
        await _handler.Runs.Reaches(1).Soon();
        await UntilAsync(async () => (await client.FindAsync(jobs[2].Id))?.WaitsForLimit is not null);
        Assert.Empty(await client.Workers.ListUnhandledAsync().Soon());
        engine.Registry.Remove(Work.Name);
        Assert.Equal(("default", "work", 2), Flat(Assert.Single(await client.Workers.ListUnhandledAsync().Soon())));
        engine.Registry.Handle(Work, _handler.RunAsync);
        _handler.Release(3);
        foreach (var job in jobs) await EndOf(job);
    }

    [Fact]
    public async Task What_an_engine_before_left_is_seen_at_once()
    {
        if (!Capabilities.KeepsJobsOverRestart) Assert.Skip("Its engines share no storage.");
        var before = await StartAsync(b => b.Accept(Other));
        var since = Now;
        await before.Client.EnqueueAsync(Other, "x");
        await before.Client.EnqueueAsync(Other, "y");
        await before.StopAsync().Soon();
        Clock.Advance(Minute);

        var client = await StartClientAsync(b => b.Accept(Other));

        // A cluster may not have woken the partition yet; a count does.
        await client.CountAsync().Soon();
        var unhandled = Assert.Single(await client.Workers.ListUnhandledAsync().Soon());
        Assert.Equal((("default", "other", 2), since), (Flat(unhandled), unhandled.WaitingSince));
    }

    [Fact]
    public async Task Nothing_is_told_by_a_service_that_has_stopped()
    {
        var engine = await StartAsync(b => b.Handle(Work, _handler.RunAsync));
        var client = engine.Client;
        await engine.StopAsync().Soon();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => client.Workers.ListAsync().Soon());
        await Assert.ThrowsAsync<ServiceStoppedException>(() => client.Workers.ListUnhandledAsync().Soon());
    }

    private static (string Queue, string Task, int Jobs) Flat(UnhandledTask waiting) => (waiting.Queue.Value, waiting.Task, waiting.WaitingJobs);

    private static Task UntilAsync(Func<Task<bool>> holds)
    {
        return LookAsync().Soon();

        async Task LookAsync()
        {
            while (!await holds()) await Task.Yield();
        }
    }
}
