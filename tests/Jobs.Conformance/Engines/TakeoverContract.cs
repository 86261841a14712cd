using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>Two engines on one store: one owns the partitions, the other stands by and takes over when that one is gone.</summary>
public abstract class TakeoverContract(IEngineFixture fixture) : EngineContract(fixture)
{
    /// <summary>Longer than any pause of a busy machine: the lease is by the store's clock, which no test moves.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task The_second_engine_stands_by_and_says_so()
    {
        var (first, second) = await StartTwoAsync((_, _) => Task.CompletedTask);
        var refused = await LookUntil(second, Assert.ThrowsAsync<QueueOwnedElsewhereException>(
            () => second.Client.EnqueueAsync(Work, "x", cancellation: TestContext.Current.CancellationToken).AsTask()));
        Assert.Equal(QueueName.Default, refused.Queue);
        Assert.StartsWith("first", refused.Owner, StringComparison.Ordinal);
        Assert.Equal(JobState.Completed, (await EndOf(await first.Client.EnqueueAsync(Work, "x"))).State);
    }

    [Fact]
    public async Task It_takes_over_when_the_first_one_stops()
    {
        var worker = new Recording<string>();
        var (first, second) = await StartTwoAsync((_, job) =>
        {
            worker.Add(job.Worker);
            return Task.CompletedTask;
        });
        var later = await first.Client.EnqueueAsync(Work, "later", o => Kept(o.After(Minute)));
        var asked = second.Client.EnqueueAsync(Work, "now", Kept).AsTask();
        await first.StopAsync();
        var now = await AfterTheNextLook(asked);
        Assert.Equal(JobState.Completed, (await EndOf(second.Client.Handle(now.Id))).State);
        Assert.Equal(JobState.Completed, (await LookUntil(second, second.Client.WaitAsync(later.Id).AsTask())).State);
        Assert.Equal(["second", "second"], worker.Items);
    }

    [Fact]
    public async Task Who_waits_beside_the_engine_that_stands_by_hears_of_ends()
    {
        var handler = new HeldHandler();
        var (first, second) = await StartTwoAsync(handler.RunAsync);
        var handle = await first.Client.EnqueueAsync(Work, "x", Kept);
        var end = second.Client.WaitAsync(handle.Id).AsTask();
        await handler.Runs.Reaches(1).Soon();
        handler.Release();
        Assert.Equal(JobState.Completed, (await LookUntil(second, end)).State);
    }

    [Fact]
    public async Task Questions_wait_for_the_takeover_too()
    {
        var (first, second) = await StartTwoAsync((_, _) => Task.CompletedTask);
        var later = await first.Client.EnqueueAsync(Work, "later", o => o.After(TimeSpan.FromDays(365)));
        var cancelled = second.Client.CancelAsync(later.Id).AsTask();
        await first.StopAsync();
        await AfterTheNextLook(cancelled);
        Assert.Equal(JobState.Cancelled, (await second.Client.FindAsync(later.Id))!.State);
    }

    [Fact]
    public async Task An_occurrence_fires_once_although_two_engines_look_at_its_schedule()
    {
        var times = new Recording<DateTimeOffset>();
        var (first, second) = await StartTwoAsync((_, job) =>
        {
            times.Add(job.ScheduledTime!.Value);
            return Task.CompletedTask;
        });
        var start = Now;
        await first.Client.Schedules.AddAsync("s", Work, "x", s => s.Every(Minute)).Soon();
        await LookUntil(second, times.Reaches(3));
        await first.StopAsync();
        await LookUntil(second, times.Reaches(times.Items.Count + 3));
        var fired = times.Items;

        // Occurrences that are due together run beside each other, so their order says nothing.
        Assert.Equal(fired.Count, fired.Distinct().Count());
        Assert.All(fired, time => Assert.Equal(0, (time - start).Ticks % Minute.Ticks));
    }

    [Fact]
    public async Task A_schedule_of_every_node_fires_in_each_engine_and_its_jobs_run_where_they_were_fired()
    {
        if (!Capabilities.HasManyOwners) return;
        var runs = new Recording<(string Worker, DateTimeOffset Time, JobId Job)>();
        var byWorker = new Dictionary<string, Recording<int>> { ["first"] = new(), ["second"] = new() };
        var (first, second) = await StartTwoAsync((_, job) =>
        {
            runs.Add((job.Worker, job.ScheduledTime!.Value, job.Id));
            byWorker[job.Worker].Add(1);
            return Task.CompletedTask;
        });
        await first.Client.Schedules.AddAsync("s", Work, "x", s => s.Every(Minute).InScope(ScheduleScope.EveryNode).Job(Kept)).Soon();
        await LookUntil(first, LookUntil(second, Task.WhenAll(byWorker["first"].Reaches(3), byWorker["second"].Reaches(3))));
        foreach (var run in runs.Items) Assert.EndsWith("/" + run.Worker, await KeyAsync(run.Job), StringComparison.Ordinal);

        // The key names schedule, time and node, whichever queue the job went to; what the first one leaves the second one may run.
        await first.StopAsync();
        await LookUntil(second, byWorker["second"].Reaches(byWorker["second"].Items.Count + 3));
        var ran = runs.Items;
        var keys = new HashSet<string>();
        foreach (var run in ran) Assert.True(keys.Add(await KeyAsync(run.Job)));

        async Task<string> KeyAsync(JobId id) => (await second.Client.GetAsync(id).Soon()).UniqueKey!;
    }

    [Fact]
    public async Task A_pause_by_the_engine_that_stands_by_reaches_the_owner()
    {
        var (first, second) = await StartTwoAsync((_, _) => Task.CompletedTask);
        await second.Client.PauseTaskAsync(Work);
        var waiting = await LookUntil(first, WaitingJobAsync());
        await second.Client.ResumeTaskAsync(Work);
        Assert.Equal(JobState.Completed, (await LookUntil(first, waiting.WaitAsync().AsTask())).State);

        // The first jobs may run, because the owner has not heard of the pause yet.
        async Task<JobHandle> WaitingJobAsync()
        {
            while (true)
            {
                var job = await first.Client.EnqueueAsync(Work, "x", Kept);
                for (var look = 0; look < 2; look++) await first.Client.CountAsync();
                if ((await job.GetAsync()).Deliveries == 0) return job;
                await EndOf(job);
            }
        }
    }

    /// <summary>Moves the time on until a task that looks again and again has seen what it looks for.</summary>
    private Task<T> LookUntil<T>(ITestEngine engine, Task<T> task)
    {
        return LookAsync().Soon();

        async Task<T> LookAsync()
        {
            while (!task.IsCompleted)
            {
                Clock.Advance(Minute);

                // The time must not run away from an engine that is on its way to the store.
                await engine.Client.CountAsync();
            }

            return await task;
        }
    }

    /// <summary>
    /// Moves the time on to when who stands by looks for owners who are gone, and no further: the caller's patience is of that time too, and
    /// would be over on a machine that is slow enough.
    /// </summary>
    private async Task<T> AfterTheNextLook<T>(Task<T> task)
    {
        await Advance(Lease / 2, task);
        return await task;
    }

    private async Task<(ITestEngine First, ITestEngine Second)> StartTwoAsync(Func<string, JobContext, Task> handler)
    {
        if (!Capabilities.IsDurable) Assert.Skip("No two processes can have this store.");
        var first = await StartAsync(b => Named(b, "first").Handle(Work, handler));
        return (first, await StartAsync(b => Named(b, "second").Handle(Work, handler)));
    }

    private static JobsBuilder Named(JobsBuilder builder, string worker)
    {
        builder.WorkerName = worker;

        builder.OwnerLease = Lease;

        // What runs when the first one stops ends there, or it would be given back and run once more.
        builder.DrainTime = TimeSpan.FromMinutes(1);
        return builder;
    }
}
