namespace Jobs.Conformance.Engines;

/// <summary>Pausing queues and tasks: nothing more is started, everything else goes on.</summary>
public abstract class PauseContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private readonly HeldHandler _handler = new();

    [Fact]
    public async Task A_paused_queue_starts_nothing_and_goes_on_at_once_when_it_is_resumed()
    {
        var client = await StartClientAsync(b => b.Queue("mail", _ => { }).Handle(Work, _handler.RunAsync));
        var running = await client.EnqueueAsync(Work, "running", o => o.On("mail"));
        await _handler.Runs.Reaches(1).Soon();
        await client.PauseQueueAsync("mail");

        var waiting = await client.EnqueueAsync(Work, "waiting", o => o.On("mail"));
        var elsewhere = await client.EnqueueAsync(Work, "elsewhere");
        await _handler.Runs.Reaches(2).Soon();
        _handler.Release(2);
        await EndOf(running);
        await EndOf(elsewhere);
        await AssertWaits(client, waiting);

        Assert.True(await client.ResumeQueueAsync("mail"));
        _handler.Release();
        Assert.Equal(JobState.Completed, (await EndOf(waiting)).State);
        Assert.Equal(3, _handler.Runs.Items.Count);
    }

    [Fact]
    public async Task A_paused_task_waits_on_every_queue_and_the_others_pass_it()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask).Handle(Other, (_, _) => Task.CompletedTask));
        await client.PauseTaskAsync(Work);
        var here = await client.EnqueueAsync(Work, "x");
        var there = await client.EnqueueAsync(Work, "x", o => o.On("mail"));
        await EndOf(await client.EnqueueAsync(Other, "x"));
        await EndOf(await client.EnqueueAsync(Other, "x", o => o.On("mail")));
        await AssertWaits(client, here);
        await AssertWaits(client, there);

        await client.ResumeTaskAsync(Work);
        Assert.Equal(JobState.Completed, (await EndOf(here)).State);
        Assert.Equal(JobState.Completed, (await EndOf(there)).State);
    }

    [Fact]
    public async Task What_becomes_due_meanwhile_waits_too()
    {
        var client = await StartClientAsync(b => b.Handle(Work, _handler.RunAsync));
        var running = await client.EnqueueAsync(Work, "running");
        await _handler.Runs.Reaches(1).Soon();
        var later = await client.EnqueueAsync(Work, "later", o => o.After(Second));
        await client.PauseTaskAsync(Work);
        Clock.Advance(Minute);
        await AssertWaits(client, later);
        _handler.Release();
        await EndOf(running);
        Assert.Single(_handler.Runs.Items);

        await client.ResumeTaskAsync(Work);
        _handler.Release();
        await EndOf(later);
    }

    [Fact]
    public async Task A_pause_says_since_when_by_whom_and_why_and_the_first_one_stays()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var start = Now;
        JobRequest.User = "ada";
        var first = await client.PauseQueueAsync("mail", "the provider is down");
        Clock.Advance(Minute);
        JobRequest.User = "bob";
        Assert.Equal(first, await client.PauseQueueAsync("mail", "again"));
        var task = await client.PauseTaskAsync(Work);
        Assert.Equal((start, "ada", "the provider is down"), (first.Since, first.By, first.Reason));
        Assert.Equal((PauseTarget.Task("work"), start + Minute, "bob", (string?)null), (task.Target, task.Since, task.By, task.Reason));
        Assert.Equal([first, task], await client.Pauses.ListAsync());

        Assert.True(await client.ResumeQueueAsync("mail"));
        Assert.False(await client.ResumeQueueAsync("mail"));
        Assert.False(await client.Pauses.ResumeAsync(PauseTarget.Task("other")));
        Assert.Equal([task], await client.Pauses.ListAsync());
    }

    [Fact]
    public async Task A_task_is_paused_under_all_its_names()
    {
        var old = TaskDefinition.Create<string>("old-work");
        var renamed = TaskDefinition.Create<string>("new-work", o => o.Aliases.Add("old-work"));
        var client = await StartClientAsync(b => b.Handle(renamed, (_, _) => Task.CompletedTask).Handle(Other, (_, _) => Task.CompletedTask));
        foreach (var pause in (TaskDefinition[])[old, renamed])
        {
            await client.PauseTaskAsync(pause);
            var jobs = new[] { await client.EnqueueAsync(old, "x"), await client.EnqueueAsync(renamed, "x") };
            await EndOf(await client.EnqueueAsync(Other, "x"));
            foreach (var job in jobs) await AssertWaits(client, job);
            await client.ResumeTaskAsync(pause);
            foreach (var job in jobs) await EndOf(job);
        }
    }

    [Fact]
    public async Task A_pause_outlives_the_engine()
    {
        if (!Capabilities.KeepsJobsOverRestart) Assert.Skip("Its engines share no storage.");
        var first = await StartAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        await first.Client.PauseQueueAsync("mail", "maintenance");
        await first.Client.PauseTaskAsync(Other);
        var left = await first.Client.EnqueueAsync(Work, "left", o => o.On("mail"));
        await AssertWaits(first.Client, left);
        await first.StopAsync();

        var client = await StartClientAsync(b => b.Handle(Work, _handler.RunAsync).Handle(Other, (_, _) => Task.CompletedTask));
        var other = await client.EnqueueAsync(Other, "x");
        await EndOf(await Released(client.EnqueueAsync(Work, "elsewhere")));
        await AssertWaits(client, client.Handle(left.Id));
        await AssertWaits(client, other);
        Assert.Equal(["mail", "other"], (await client.Pauses.ListAsync()).Select(p => p.Target.Name));

        await client.ResumeQueueAsync("mail");
        await client.ResumeTaskAsync(Other);
        _handler.Release();
        await EndOf(client.Handle(left.Id));
        await EndOf(other);
    }

    private async Task<JobHandle> Released(ValueTask<JobHandle> job)
    {
        _handler.Release();
        return await job;
    }

    /// <summary>Each look passes through the partition, which has handed out what it may before it answers a second one.</summary>
    private static async Task AssertWaits(IJobClient client, JobHandle job)
    {
        for (var look = 0; look < 2; look++) await client.CountAsync();
        Assert.Contains((await job.GetAsync()).State, (JobState[])[JobState.Pending, JobState.Scheduled]);
        Assert.Equal(0, (await job.GetAsync()).Deliveries);
    }
}
