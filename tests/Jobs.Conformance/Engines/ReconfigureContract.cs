using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>Changing queues, handlers and concurrency while jobs run.</summary>
public abstract class ReconfigureContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private readonly HeldHandler _handler = new();

    [Fact]
    public async Task More_run_at_once_when_the_concurrency_is_raised_and_fewer_when_it_is_lowered()
    {
        var engine = await StartAsync(b => b.Queue("default", q => q.Concurrency = 1).Handle(Work, _handler.RunAsync));
        var jobs = new List<JobHandle>();
        for (var i = 0; i < 5; i++) jobs.Add(await engine.Client.EnqueueAsync(Work, $"{i}"));
        await _handler.Runs.Reaches(1).Soon();
        await engine.Control.SetConcurrencyAsync("default", 3);
        await _handler.Runs.Reaches(3).Soon();
        Assert.Equal(new ServedQueue("default", 3, 3), Assert.Single(engine.Control.Queues));

        await engine.Control.SetConcurrencyAsync("default", 2);
        _handler.Release();
        await Task.WhenAny(jobs.Take(3).Select(j => j.WaitAsync().AsTask())).Soon();
        await LookAsync(engine);
        Assert.Equal(3, _handler.Runs.Items.Count);
        _handler.Release();
        await _handler.Runs.Reaches(4).Soon();
        _handler.Release(3);
        foreach (var job in jobs) Assert.Equal((JobState.Completed, 1), await EndOf(job) is { } end ? (end.State, end.Deliveries) : default);
    }

    [Fact]
    public async Task A_queue_that_is_not_served_can_be_and_the_other_way_round()
    {
        var engine = await StartAsync(b => b.Queue("default", q => q.Concurrency = 0).Handle(Work, (_, _) => Task.CompletedTask));
        var first = await engine.Client.EnqueueAsync(Work, "x");
        await LookAsync(engine);
        Assert.Equal(JobState.Pending, (await first.GetAsync()).State);
        await engine.Control.SetConcurrencyAsync("default", 1);
        await EndOf(first);

        Assert.True(await engine.Control.RemoveQueueAsync("default").Soon());
        var second = await engine.Client.EnqueueAsync(Work, "y");
        await LookAsync(engine);
        Assert.Equal((JobState.Pending, 0), await second.GetAsync() is { } now ? (now.State, now.Deliveries) : default);
        await engine.Control.ChangeQueueAsync("default", q => q.Concurrency = 5);
        await EndOf(second);
    }

    [Fact]
    public async Task A_queue_is_removed_when_its_running_jobs_have_ended()
    {
        var engine = await StartAsync(b => b.Handle(Work, _handler.RunAsync));
        var job = await engine.Client.EnqueueAsync(Work, "x", o => o.On("mail"));
        await _handler.Runs.Reaches(1).Soon();
        Assert.False(await engine.Control.RemoveQueueAsync("mail", TimeSpan.Zero).Soon());
        Assert.Equal(JobState.Running, (await job.GetAsync()).State);

        var removed = engine.Control.RemoveQueueAsync("mail", TimeSpan.FromHours(1)).AsTask();
        var elsewhere = engine.Control.RemoveQueueAsync("other", TimeSpan.FromHours(1)).AsTask();
        Assert.True(await elsewhere.Soon());
        _handler.Release();
        Assert.True(await removed.Soon());
        Assert.Equal(JobState.Completed, (await EndOf(job)).State);
    }

    [Fact]
    public async Task Capacity_and_waiting_change_at_once()
    {
        var engine = await StartAsync(b => b.Queue("default", q => (q.CapacityJobs, q.Concurrency) = (1, 0)).Handle(Work, (_, _) => Task.CompletedTask));
        await engine.Client.EnqueueAsync(Work, "fits");
        var waiting = engine.Client.EnqueueAsync(Work, "waits").AsTask();
        await engine.Control.ChangeQueueAsync("default", q => (q.CapacityJobs, q.WhenFull) = (2, FullQueue.Throw));
        await waiting.Soon();
        await Assert.ThrowsAsync<QueueBusyException>(() => engine.Client.EnqueueAsync(Work, "no room").AsTask().Soon());
    }

    [Fact]
    public async Task What_cannot_be_changes_nothing()
    {
        var engine = await StartAsync(b => b.Queue("default", q => q.Concurrency = 3).Handle(Work, (_, _) => Task.CompletedTask));
        foreach (var change in (Action<QueueOptions>[])
        [
            q => q.Concurrency = -1, q => q.Partitions = 2, q => q.Strategy = PollStrategy.Fifo, q => q.CapacityJobs = 0,
        ])
        {
            await Assert.ThrowsAsync<InvalidJobOptionException>(() => engine.Control.ChangeQueueAsync("default", change).AsTask().Soon());
            await Assert.ThrowsAsync<InvalidJobOptionException>(
                () => engine.Control.UpgradeAsync(u => u.Queue("new").Queue("default", change).Handle(Other, (_, _) => Task.CompletedTask)).AsTask().Soon());
        }

        await Assert.ThrowsAsync<DuplicateTaskException>(() => engine.Control.UpgradeAsync(
            u => u.Queue("new").Handle(Other, (_, _) => Task.CompletedTask).Handle(Other, (_, _) => Task.CompletedTask)).AsTask().Soon());
        Assert.Equal(["work"], engine.Registry.Names);
        Assert.Equal(new ServedQueue("default", 3, 0), Assert.Single(engine.Control.Queues));
        await EndOf(await engine.Client.EnqueueAsync(Work, "x"));
    }

    [Fact]
    public async Task An_upgrade_replaces_the_handlers_and_what_runs_goes_on_as_it_was_started()
    {
        var engine = await StartAsync(b => b.Handle(Measure, async (s, job) =>
        {
            await _handler.RunAsync(s, job);
            return 1;
        }));
        var old = await engine.Client.EnqueueAsync(Measure, "x");
        await _handler.Runs.Reaches(1).Soon();
        await engine.Control.UpgradeAsync(u => u
            .Queue("default", q => q.Concurrency = 7).Queue("mail")
            .Handle(Measure, (_, _) => Task.FromResult(2)).Handle(Work, (_, _) => Task.CompletedTask)).Soon();
        Assert.Equal(2, await engine.Client.RunAsync(Measure, "y").Soon());
        await EndOf(await engine.Client.EnqueueAsync(Work, "z", o => o.On("mail")));
        Assert.Equal(JobState.Running, (await old.GetAsync()).State);
        _handler.Release();
        Assert.Equal(1, await old.ResultAsync().Soon());
        Assert.Equal(["default 7", "mail"], engine.Control.Queues.Select(q => q.Name.Value == "mail" ? "mail" : $"{q.Name} {q.Concurrency}"));
    }

    [Fact]
    public async Task An_empty_set_stops_everything_and_the_next_one_starts_it_again()
    {
        var engine = await StartAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        await engine.Control.UpgradeAsync(_ => { }).Soon();
        await Assert.ThrowsAsync<TaskNotRegisteredException>(() => engine.Client.EnqueueAsync(Work, "x").AsTask().Soon());

        await engine.Control.UpgradeAsync(u => u.Queue("mail").Handle(Work, (_, _) => Task.CompletedTask)).Soon();
        var waiting = new[] { await engine.Client.EnqueueAsync(Work, "x"), await engine.Client.EnqueueAsync(Work, "x", o => o.On("unnamed")) };
        await EndOf(await engine.Client.EnqueueAsync(Work, "x", o => o.On("mail")));
        await LookAsync(engine);
        foreach (var job in waiting) Assert.Equal(0, (await job.GetAsync()).Deliveries);

        await engine.Control.UpgradeAsync(u => u.Queue("default").Queue("unnamed").Handle(Work, (_, _) => Task.CompletedTask)).Soon();
        foreach (var job in waiting) await EndOf(job);
    }

    [Fact]
    public async Task Upgrades_under_load_drop_nothing_and_run_nothing_twice()
    {
        const int jobs = 400;
        var runs = new System.Collections.Concurrent.ConcurrentDictionary<JobId, int>();
        Task Run(string payload, JobContext job)
        {
            runs.AddOrUpdate(job.Id, 1, (_, times) => times + 1);
            return Task.CompletedTask;
        }

        var engine = await StartAsync(b => b.Queue("default", q => q.Concurrency = 2).Handle(Work, Run));
        var enqueueing = Task.Run(async () =>
        {
            var handles = new List<JobHandle>();
            for (var i = 0; i < jobs; i++) handles.Add(await engine.Client.EnqueueAsync(Work, $"{i}"));
            return handles;
        });
        var upgrading = Enumerable.Range(0, 3).Select(n => Task.Run(async () =>
        {
            for (var i = 1; !enqueueing.IsCompleted || i <= 5; i++)
                await engine.Control.UpgradeAsync(u => u.Queue("default", q => q.Concurrency = 1 + ((i + n) % 4)).Handle(Work, Run));
        })).ToList();
        var all = await enqueueing.Soon();
        foreach (var job in all) Assert.Equal((JobState.Completed, 1), await EndOf(job) is { } end ? (end.State, end.Deliveries) : default);
        await Task.WhenAll(upgrading).Soon();
        Assert.Equal(jobs, runs.Count);
        Assert.All(runs.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task After_the_stop_there_is_nothing_to_change_and_stopping_again_is_no_error()
    {
        var engine = await StartAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        await engine.StopAsync().Soon();
        await engine.StopAsync().Soon();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => engine.Control.UpgradeAsync(_ => { }).AsTask().Soon());
        await Assert.ThrowsAsync<ServiceStoppedException>(() => engine.Control.SetConcurrencyAsync("default", 1).AsTask().Soon());
        await Assert.ThrowsAsync<ServiceStoppedException>(() => engine.Control.RemoveQueueAsync("default").AsTask().Soon());
        await engine.StopAsync().Soon();
    }

    [Fact]
    public async Task A_process_that_runs_no_jobs_cannot_begin_to()
    {
        var engine = await StartAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask).RunsJobs = false);
        await Assert.ThrowsAsync<InvalidJobOptionException>(() => engine.Control.SetConcurrencyAsync("default", 1).AsTask().Soon());
    }

    /// <summary>Passes through the partitions, which hand out what they may before they answer the second look.</summary>
    private static async Task LookAsync(ITestEngine engine)
    {
        for (var look = 0; look < 2; look++) await engine.Client.CountAsync();
    }
}
