using System.Collections.Concurrent;
using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>Leases beside handlers, groups, pauses and cancellations, and over the end of the service.</summary>
public abstract class LeaseSharingContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly TaskDefinition<string> Pulled = TaskDefinition.Create<string>("pulled");

    private readonly HeldHandler _handler = new();

    [Fact]
    public async Task Handlers_and_leases_share_a_queue_and_each_job_goes_to_one_of_them()
    {
        const int jobs = 300;
        var got = new ConcurrentDictionary<JobId, int>();
        var client = await StartClientAsync(b => b.Queue("default", q => (q.Concurrency, q.Partitions) = (2, 3)).Handle(Work, (_, job) =>
        {
            got.AddOrUpdate(job.Id, 1, (_, times) => times + 1);
            return Task.CompletedTask;
        }));
        using var done = new CancellationTokenSource();
        var takers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => TakeAllAsync(client, got, done.Token))).ToList();
        var handles = await client.EnqueueManyAsync(Work, Enumerable.Range(0, jobs).Select(n => $"{n}").ToList());
        foreach (var handle in handles) Assert.Equal((JobState.Completed, 1), await EndOf(handle) is { } end ? (end.State, end.Deliveries) : default);
        await done.CancelAsync();
        await Task.WhenAll(takers).Soon();
        Assert.Equal(jobs, got.Count);
        Assert.All(got.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task A_token_of_a_job_that_a_handler_runs_is_worth_nothing()
    {
        var client = await StartClientAsync(b => b.Handle(Work, _handler.RunAsync));
        var job = await client.EnqueueAsync(Work, "x");
        await _handler.Runs.Reaches(1).Soon();
        foreach (var token in (LeaseToken[])[new(job.Id, 1), new(job.Id, 2), new(JobId.FromName("nowhere", "x"), 1), new(JobId.FromName("default", "x"), 1)])
            await Assert.ThrowsAsync<LeaseLostException>(() => client.Leases.AckAsync(token).AsTask().Soon());
        Assert.Equal(JobState.Running, (await job.GetAsync()).State);
        _handler.Release();
        await EndOf(job);
    }

    [Fact]
    public async Task Leased_jobs_count_against_limits_that_are_stored()
    {
        var client = await StartClientAsync(b => b.Accept(Pulled).Limit(new RunLimit("two") { Task = Pulled.Name, MaxRunning = 2 }));
        for (var i = 0; i < 4; i++) await client.EnqueueAsync(Pulled, $"{i}");
        var leases = new List<JobLease<string>>();
        while (leases.Count < 2) leases.AddRange(await client.TakeAsync(Pulled, new() { MaxJobs = 9, Wait = Second }).Soon());
        Assert.Equal(2, leases.Count);
        Assert.Empty(await client.TakeAsync(Pulled).Soon());
        await leases[0].AckAsync().Soon();
        Assert.Single(await client.TakeAsync(Pulled, new() { MaxJobs = 9, Wait = Second }).Soon());
    }

    [Fact]
    public async Task Jobs_of_a_group_are_taken_one_after_the_other()
    {
        var client = await StartClientAsync(b => b.Accept(Pulled));
        var jobs = new List<JobHandle>();
        for (var i = 0; i < 3; i++) jobs.Add(await client.EnqueueAsync(Pulled, $"{i}", o => o.GroupKey = "g"));
        foreach (var job in jobs)
        {
            var lease = Assert.Single(await client.TakeAsync(Pulled, new() { MaxJobs = 9, Wait = Second }).Soon());
            Assert.Equal(job.Id, lease.Job.Id);
            Assert.Empty(await client.TakeAsync(Pulled).Soon());
            await lease.AckAsync().Soon();
        }
    }

    [Fact]
    public async Task A_cancelled_job_is_lost_to_its_holder_and_its_group_goes_on()
    {
        var client = await StartClientAsync(b => b.Accept(Pulled));
        var told = await client.EnqueueAsync(Pulled, "told", o => o.GroupKey = "g");
        var silent = await client.EnqueueAsync(Pulled, "silent", o => o.GroupKey = "g");
        var last = await client.EnqueueAsync(Pulled, "last", o => o.GroupKey = "g");
        var lease = Assert.Single(await client.TakeAsync(Pulled).Soon());
        await told.CancelAsync();
        await Assert.ThrowsAsync<LeaseLostException>(() => lease.ExtendAsync().AsTask().Soon());
        Assert.Equal(JobState.Cancelled, (await told.GetAsync()).State);

        // Whoever says nothing holds up the group until his lease is over.
        Assert.Equal(silent.Id, Assert.Single(await client.TakeAsync(Pulled, new() { Wait = Second }).Soon()).Job.Id);
        await client.DeleteAsync(silent.Id, whenRunning: true);
        Assert.Empty(await client.TakeAsync(Pulled).Soon());
        var taken = await PassUntil(client, Minute, client.TakeAsync(Pulled, new() { Wait = 9 * Minute }).AsTask());
        Assert.Equal(last.Id, Assert.Single(taken).Job.Id);
    }

    [Fact]
    public async Task Nothing_is_taken_from_what_is_paused()
    {
        var client = await StartClientAsync(b => b.Accept(Pulled));
        await client.EnqueueAsync(Pulled, "x");
        await client.PauseTaskAsync(Pulled);
        Assert.Empty(await client.TakeAsync(Pulled).Soon());
        var take = client.TakeAsync(Pulled, new() { Wait = Minute }).AsTask();
        await client.ResumeTaskAsync(Pulled);
        Assert.Single(await take.Soon());
    }

    [Fact]
    public async Task A_stop_ends_the_waiting_and_leaves_the_leases()
    {
        var engine = await StartAsync(b => b.Accept(Pulled));
        var job = await engine.Client.EnqueueAsync(Pulled, "x");
        var lease = Assert.Single(await engine.Client.TakeAsync(Pulled).Soon());
        var waiting = engine.Client.TakeAsync(Pulled, new() { Wait = Minute }).AsTask();
        await engine.StopAsync().Soon();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => waiting.Soon());
        await Assert.ThrowsAsync<ServiceStoppedException>(() => engine.Client.TakeAsync(Pulled).AsTask().Soon());
        await Assert.ThrowsAsync<ServiceStoppedException>(() => lease.AckAsync().AsTask().Soon());
        if (!Capabilities.KeepsJobsOverRestart) return;

        var client = await StartClientAsync(b => b.Handle(Pulled, _handler.RunAsync));
        Assert.Equal((JobState.Running, 1), await client.GetAsync(job.Id) is { } now ? (now.State, now.Deliveries) : default);
        await client.Leases.AckAsync(LeaseToken.Parse(lease.Token.ToString())).Soon();
        Assert.Equal(JobState.Completed, (await EndOf(client.Handle(job.Id))).State);
        Assert.Empty(_handler.Runs.Items);
    }

    [Fact]
    public async Task A_lease_holds_over_a_restart_and_no_longer_than_it_was_given()
    {
        if (!Capabilities.KeepsJobsOverRestart) Assert.Skip("Its engines share no storage.");
        var engine = await StartAsync(b => b.Accept(Pulled));
        var job = await engine.Client.EnqueueAsync(Pulled, "x");
        var lease = Assert.Single(await engine.Client.TakeAsync(Pulled, new() { Length = Minute }).Soon());
        await lease.ExtendAsync(2 * Minute).Soon();
        await engine.StopAsync().Soon();

        var client = await StartClientAsync(b => b.Handle(Pulled, _handler.RunAsync).Handle(Work, (_, _) => Task.CompletedTask));
        Clock.Advance(Minute + Second);
        await EndOf(await client.EnqueueAsync(Work, "passes through the partition"));
        Assert.Empty(_handler.Runs.Items);

        var run = Assert.Single(await PassUntil(client, Minute, _handler.Runs.Reaches(1)));
        Assert.Equal((job.Id, 2), (run.Id, run.Attempt));
        await Assert.ThrowsAsync<LeaseLostException>(() => client.Leases.AckAsync(lease.Token).AsTask().Soon());
        _handler.Release();
        Assert.Equal((JobState.Completed, 1), await EndOf(client.Handle(job.Id)) is { } end ? (end.State, end.LostDeliveries) : default);
    }

    [Fact]
    public async Task A_lease_that_ended_while_nobody_was_there_counts_as_lost()
    {
        if (!Capabilities.KeepsJobsOverRestart) Assert.Skip("Its engines share no storage.");
        var engine = await StartAsync(b => b.Accept(Pulled));
        var job = await engine.Client.EnqueueAsync(Pulled, "x");
        Assert.Single(await engine.Client.TakeAsync(Pulled, new() { Length = Minute }).Soon());
        await engine.StopAsync().Soon();
        Clock.Advance(Minute);

        var client = await StartClientAsync(b => b.Handle(Pulled, (_, _) => Task.CompletedTask));
        Assert.Equal((JobState.Completed, 2, 1), await EndOf(client.Handle(job.Id)) is { } end ? (end.State, end.Attempt, end.LostDeliveries) : default);
    }

    private static async Task TakeAllAsync(IJobClient client, ConcurrentDictionary<JobId, int> got, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            try
            {
                foreach (var lease in await client.TakeAsync(Work, new() { MaxJobs = 5, Wait = Minute }, done))
                {
                    got.AddOrUpdate(lease.Job.Id, 1, (_, times) => times + 1);
                    await lease.AckAsync(CancellationToken.None);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
