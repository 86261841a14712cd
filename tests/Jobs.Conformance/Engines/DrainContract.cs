using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>Stopping in order (D7, C24).</summary>
public abstract class DrainContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task Running_jobs_finish_and_waiting_ones_are_not_started()
    {
        var held = new HeldHandler();
        var observer = new EndObserver();
        var engine = await StartAsync(b => Serve(b, held.RunAsync, Minute).AddObserver(observer));
        var running = await engine.Client.EnqueueAsync(Work, "running").Soon();
        await held.Runs.Reaches(1).Soon();
        var waiting = await engine.Client.EnqueueAsync(Work, "waiting").Soon();
        var stopping = engine.StopAsync();
        held.Release(2);
        await stopping.Soon();

        // Of several processes, another one may have started it before it was told to stop itself.
        if (!Capabilities.IsOneProcess) return;
        Assert.Equal(running.Id, Assert.Single(observer.Completed.Items).Id);
        Assert.Single(held.Runs.Items);
        await RequireStateAfterRestart(waiting.Id, JobState.Pending, deliveries: 0);
    }

    [Fact]
    public async Task A_waiter_still_gets_what_finishes_during_the_drain()
    {
        var held = new HeldHandler();
        var engine = await StartAsync(b => Serve(b, held.RunAsync, Minute));
        var waiter = engine.Client.RunAsync(Work, "x").AsTask();
        await held.Runs.Reaches(1).Soon();
        var stopping = engine.StopAsync();
        held.Release();
        await stopping.Soon();
        await waiter.Soon();
    }

    [Fact]
    public async Task Finished_outcomes_are_never_lost()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var engine = await StartAsync(b => Serve(b, (_, _) => Task.CompletedTask, Minute, concurrency: 8));
        var handles = await engine.Client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 2000).Select(i => $"{i}")]).Soon();
        await EndOf(handles[100]);
        await engine.StopAsync().Soon();
        var next = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 0).Handle(Work, (_, _) => Task.CompletedTask));
        var counts = await next.CountAsync().Soon();
        Assert.Equal((2000, 0, 0), (counts.Completed + counts.Pending, counts.Running, counts.Retrying));
        var jobs = new List<JobSnapshot>();
        foreach (var handle in handles) jobs.Add(await next.GetAsync(handle.Id).Soon());
        Assert.All(jobs, j => Assert.Equal(j.State is JobState.Completed ? 1 : 0, j.Deliveries));
    }

    [Fact]
    public async Task After_the_drain_time_handlers_are_told_and_their_jobs_given_back()
    {
        var held = new HeldHandler();
        var engine = await StartAsync(b => Serve(b, held.RunAsync, Minute));
        var handle = await engine.Client.EnqueueAsync(Work, "x", o => o.MaxAttempts = 1).Soon();
        var context = (await held.Runs.Reaches(1).Soon())[0];
        var stopping = engine.StopAsync();
        Assert.False(context.Cancellation.IsCancellationRequested);
        await AdvanceUntil(Minute, stopping);
        Assert.True(context.Cancellation.IsCancellationRequested);
        await RequireRunsAgain(handle.Id, deliveries: 2);
    }

    [Fact]
    public async Task A_job_whose_handler_ignores_its_token_is_given_back_too()
    {
        var held = new HeldHandler();
        var engine = await StartAsync(b =>
        {
            Serve(b, held.RunDeafAsync, Second);
            b.StopTime = Second;
        });
        var handle = await engine.Client.EnqueueAsync(Work, "x", o => o.MaxAttempts = 1).Soon();
        var context = (await held.Runs.Reaches(1).Soon())[0];
        var told = new Signal();
        context.Cancellation.Register(told.Set);
        var stopping = engine.StopAsync();
        await AdvanceUntil(Second, told.Task);
        await AdvanceUntil(Second, stopping);
        held.Release();
        await RequireRunsAgain(handle.Id, deliveries: 2);
    }

    [Fact]
    public async Task A_handler_that_finishes_when_it_is_told_has_finished()
    {
        var begun = new Signal();
        var engine = await StartAsync(b =>
        {
            Serve(b, async (_, job) =>
            {
                var told = new Signal();
                job.Cancellation.Register(told.Set);
                begun.Set();
                await told.Task;
                job.Log("wound up");
            }, Second);
            b.StopTime = Minute;
        });
        var handle = await engine.Client.EnqueueAsync(Work, "x");
        var waiter = EndOf(handle);
        await begun.Task.Soon();

        // Once this one is answered, the question for the end has come to whoever serves the job: all of them are about to stop.
        await handle.GetAsync().Soon();
        var stopping = engine.StopAsync();
        await AdvanceUntil(Second, stopping);
        Assert.Equal(JobState.Completed, (await waiter).State);
    }

    [Fact]
    public async Task The_token_ends_the_drain_time_early()
    {
        var held = new HeldHandler();
        var engine = await StartAsync(b => Serve(b, held.RunAsync, TimeSpan.MaxValue));
        var handle = await engine.Client.EnqueueAsync(Work, "x").Soon();
        await held.Runs.Reaches(1).Soon();
        using var enough = new CancellationTokenSource();
        var stopping = engine.StopAsync(enough.Token);
        await enough.CancelAsync();
        await stopping.Soon();
        await RequireStateAfterRestart(handle.Id, JobState.Pending, deliveries: 1);
    }

    [Fact]
    public async Task A_job_cancelled_during_the_drain_stays_cancelled()
    {
        var held = new HeldHandler();
        var engine = await StartAsync(b => Serve(b, held.RunAsync, Minute));
        var handle = await engine.Client.EnqueueAsync(Work, "x").Soon();
        await held.Runs.Reaches(1).Soon();
        var stopping = engine.StopAsync();
        await handle.CancelAsync().Soon();
        await stopping.Soon();
        await RequireStateAfterRestart(handle.Id, JobState.Cancelled, deliveries: 1);
    }

    [Fact]
    public async Task A_handler_may_still_enqueue_during_the_drain()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var held = new HeldHandler();
        var followers = new Recording<JobHandle>();
        ITestEngine? engine = null;
        engine = await StartAsync(b => Serve(
            b,
            async (text, job) =>
            {
                await held.RunAsync(text, job);
                followers.Add(await engine!.Client.EnqueueAsync(Other, "same process"));
                followers.Add(await engine!.Client.EnqueueAsync(Other, "new queue", o => o.On("opened-while-draining")));
            },
            Minute).Handle(Other, (_, _) => Task.CompletedTask));
        await engine.Client.EnqueueAsync(Work, "x").Soon();
        await held.Runs.Reaches(1).Soon();
        var stopping = engine.StopAsync();
        held.Release();
        await stopping.Soon();
        var next = await StartClientAsync(b => Serve(b, held.RunAsync, Minute).Handle(Other, (_, _) => Task.CompletedTask));
        Assert.Equal(2, followers.Items.Count);
        foreach (var follower in followers.Items) Assert.Equal((JobState.Completed, 1), await EndAndDeliveries(next, follower.Id));
    }

    [Fact]
    public async Task Stopping_twice_and_starting_twice_are_harmless_and_a_stopped_engine_stays_so()
    {
        var engine = Create(b => Serve(b, (_, _) => Task.CompletedTask, Minute));
        await Assert.ThrowsAsync<ServiceStoppedException>(() => engine.Client.EnqueueAsync(Work, "x").Soon());
        await engine.StartAsync().Soon();
        await engine.StartAsync().Soon();
        await engine.Client.RunAsync(Work, "x").Soon();
        await Task.WhenAll(engine.StopAsync(), engine.StopAsync()).Soon();
        await engine.StopAsync().Soon();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => engine.StartAsync().Soon());
        await Assert.ThrowsAsync<ServiceStoppedException>(() => engine.Client.EnqueueAsync(Work, "x").Soon());
        await Assert.ThrowsAsync<ServiceStoppedException>(() => engine.Client.CountAsync().Soon());
    }

    [Fact]
    public async Task An_engine_that_was_never_started_stops_at_once()
    {
        var engine = Create(b => Serve(b, (_, _) => Task.CompletedTask, Minute));
        await engine.StopAsync().Soon();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => engine.StartAsync().Soon());
    }

    private static JobsBuilder Serve(JobsBuilder builder, Func<string, JobContext, Task> handler, TimeSpan drainTime, int concurrency = 1)
    {
        builder.DrainTime = drainTime;
        return builder.Queue("default", q => q.Concurrency = concurrency).Handle(Work, handler);
    }

    private async Task RequireStateAfterRestart(JobId id, JobState state, int deliveries)
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var next = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 0).Handle(Work, (_, _) => Task.CompletedTask));
        var job = await next.GetAsync(id).Soon();
        Assert.Equal((state, deliveries, 0, 0), (job.State, job.Deliveries, job.Failures, job.LostDeliveries));
    }

    /// <summary>The job was given back: the next engine runs it as its first attempt.</summary>
    private async Task RequireRunsAgain(JobId id, int deliveries)
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var attempts = new Recording<int>();
        var next = await StartClientAsync(b => b.Handle(Work, (_, job) =>
        {
            attempts.Add(job.Attempt);
            return Task.CompletedTask;
        }));
        Assert.Equal((JobState.Completed, deliveries), await EndAndDeliveries(next, id));
        Assert.Equal([1], attempts.Items);
    }

    private static async Task<(JobState State, int Deliveries)> EndAndDeliveries(IJobClient client, JobId id)
    {
        var job = await EndOf(client.Handle(id));
        Assert.Equal((0, 0), (job.Failures, job.LostDeliveries));
        return (job.State, job.Deliveries);
    }

    private sealed class EndObserver : IJobObserver
    {
        internal Recording<JobSnapshot> Completed { get; } = new();

        void IJobObserver.Completed(JobSnapshot job) => Completed.Add(job);
    }
}
