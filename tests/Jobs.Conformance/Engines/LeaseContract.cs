using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>Jobs that callers take, and what their answers do.</summary>
public abstract class LeaseContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly TaskDefinition<string> Pulled = TaskDefinition.Create<string>("pulled", o =>
    {
        o.MaxAttempts = 3;
        o.Backoff = RetryPolicy.Constant(Minute);
    });

    private static readonly ResultTask<int, string> Spelled = ResultTask.Create<int, string>("spelled");
    private static readonly TaskDefinition<ReadOnlyMemory<byte>> Bytes = TaskDefinition.Raw("bytes");

    [Fact]
    public async Task A_taken_job_is_running_until_it_is_answered()
    {
        var client = await PullAsync();
        var job = await client.EnqueueAsync(Pulled, "x", o => o.WithHeader("h", "1"));
        var lease = Assert.Single(await client.TakeAsync(Pulled, new() { Consumer = "ada", Length = Minute }).Soon());

        Assert.Equal((job.Id, "x", 1, "ada", "1"), (lease.Job.Id, lease.Payload, lease.Job.Attempt, lease.Job.Worker, lease.Job.Headers["h"]));
        Assert.Equal(Now + Minute, lease.Until);
        Assert.Equal(JobState.Running, (await job.GetAsync()).State);
        Assert.Equal(1, (await client.CountAsync()).Running);
        Assert.Empty(await client.TakeAsync().Soon());

        await lease.AckAsync().Soon();
        var done = await EndOf(job);
        Assert.Equal((JobState.Completed, 1, 0), (done.State, done.Deliveries, done.Failures));
        Assert.Equal(0, (await client.CountAsync()).Running);
    }

    [Fact]
    public async Task Who_says_so_hears_nothing_of_a_lease_that_was_lost()
    {
        var client = await PullAsync();
        var job = await client.EnqueueAsync(Spelled, 7);
        var first = Assert.Single(await client.TakeAsync(Spelled, new() { Length = Minute, IgnoreLostLeases = true }).Soon());
        var second = Assert.Single(await PassUntil(client, Minute, client.TakeAsync(Spelled, new() { Wait = 9 * Minute }).AsTask()));
        await first.AckAsync("six").Soon();
        await first.NackAsync().Soon();
        await first.ExtendAsync().Soon();
        await first.DeadLetterAsync("x").Soon();
        await first.GiveBackAsync().Soon();
        Assert.Equal(Now, first.Until);
        await second.AckAsync("seven").Soon();
        Assert.Equal("seven", client.ResultOf(Spelled, await EndOf(job)));
    }

    [Fact]
    public async Task An_answer_can_carry_a_result()
    {
        var client = await PullAsync();
        var spelled = client.RunAsync(Spelled, 7).AsTask();
        var typed = Assert.Single(await client.TakeAsync(Spelled, new() { Wait = Minute }).Soon());
        Assert.Equal(7, typed.Payload);
        await typed.AckAsync("seven").Soon();
        Assert.Equal("seven", await spelled.Soon());

        var raw = await client.EnqueueAsync(Bytes, new byte[] { 1, 2 });
        var lease = Assert.Single(await client.TakeAsync().Soon());
        Assert.Equal([1, 2], lease.PayloadBytes.ToArray());
        await lease.AckAsync(new byte[] { 3 }).Soon();
        Assert.Equal([3], (await EndOf(raw)).Result!.Value.ToArray());
    }

    [Fact]
    public async Task A_result_that_cannot_be_leaves_the_lease_as_it_is()
    {
        var client = await PullAsync(b => b.Limits = b.Limits with { MaxResultBytes = 10 });
        var job = await client.EnqueueAsync(Spelled, 7);
        var lease = Assert.Single(await client.TakeAsync(Spelled).Soon());
        await Assert.ThrowsAsync<LimitExceededException>(() => lease.AckAsync("a long text").AsTask().Soon());
        await Assert.ThrowsAsync<InvalidHandlerResultException>(() => lease.AckAsync().AsTask().Soon());
        Assert.Equal(JobState.Running, (await job.GetAsync()).State);
        await lease.AckAsync("short").Soon();
        Assert.Equal("short", client.ResultOf(Spelled, await EndOf(job)));
    }

    [Fact]
    public async Task Several_are_taken_at_once_in_the_order_of_the_queue()
    {
        var client = await PullAsync();
        var jobs = new List<JobId>();
        foreach (var priority in (int[])[0, 5, 9]) jobs.Add((await client.EnqueueAsync(Pulled, "x", o => o.WithPriority(priority))).Id);
        await client.EnqueueAsync(Pulled, "later", o => o.After(Minute));
        var two = await client.TakeAsync(request: new() { MaxJobs = 2 }).Soon();
        Assert.Equal([jobs[2], jobs[1]], two.Select(l => l.Job.Id));
        Assert.Equal([jobs[0]], (await client.TakeAsync(request: new() { MaxJobs = 2 }).Soon()).Select(l => l.Job.Id));
    }

    [Fact]
    public async Task Only_jobs_of_the_tasks_asked_for_are_taken_under_all_their_names()
    {
        var renamed = TaskDefinition.Create<string>("new-name", o => o.Aliases.Add("pulled"));
        var client = await PullAsync();
        var old = await client.EnqueueAsync(Pulled, "x");
        var bytes = await client.EnqueueAsync(Bytes, new byte[] { 1 });
        Assert.Equal([old.Id], (await client.TakeAsync(renamed, new() { MaxJobs = 9 }).Soon()).Select(l => l.Job.Id));
        Assert.Empty(await client.TakeAsync(Spelled, new() { MaxJobs = 9 }).Soon());
        Assert.Equal([bytes.Id], (await client.TakeAsync(request: new() { Tasks = ["other", "bytes"], MaxJobs = 9 }).Soon()).Select(l => l.Job.Id));
        Assert.Empty(await client.TakeAsync(request: new() { Queue = "elsewhere" }).Soon());
    }

    [Fact]
    public async Task Who_waits_gets_the_job_when_it_comes_or_when_it_is_due()
    {
        var client = await PullAsync();
        var take = client.TakeAsync(Pulled, new() { Wait = 10 * Minute }).AsTask();
        var job = await client.EnqueueAsync(Pulled, "now");
        var lease = Assert.Single(await take.Soon());
        Assert.Equal(job.Id, lease.Job.Id);
        await lease.AckAsync().Soon();

        var later = await client.EnqueueAsync(Pulled, "later", o => o.After(Minute));
        take = client.TakeAsync(Pulled, new() { Wait = 10 * Minute }).AsTask();
        Assert.Equal(later.Id, Assert.Single(await PassUntil(client, Minute, take)).Job.Id);
    }

    [Fact]
    public async Task A_wait_ends_with_nothing_when_its_time_is_over_or_with_the_token()
    {
        var client = await PullAsync();
        Assert.Empty(await PassUntil(client, Minute, client.TakeAsync(Pulled, new() { Wait = Minute }).AsTask()));

        using var stop = new CancellationTokenSource();
        var take = client.TakeAsync(Pulled, new() { Wait = 10 * Minute }, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => take.Soon());

        var job = await client.EnqueueAsync(Pulled, "x");
        Assert.Equal((job.Id, 1), Assert.Single(await client.TakeAsync(Pulled).Soon()) is { } lease ? (lease.Job.Id, lease.Job.Attempt) : default);
    }

    [Fact]
    public async Task A_failed_attempt_comes_again_when_it_is_said_and_ends_dead()
    {
        var exhausted = new Recording<JobSnapshot>();
        var client = await PullAsync(b => b.OnExhausted(Pulled, job =>
        {
            exhausted.Add(job);
            return Task.CompletedTask;
        }));
        var job = await client.EnqueueAsync(Pulled, "x");
        await (await TakeOneAsync(client)).NackAsync(TimeSpan.Zero, "at once").Soon();
        await (await TakeOneAsync(client)).NackAsync(error: "after the backoff").Soon();
        var waiting = await job.GetAsync();
        Assert.Equal((JobState.Retrying, Now + Minute, 2), (waiting.State, waiting.RunAt, waiting.Failures));
        Assert.Empty(await client.TakeAsync(Pulled).Soon());

        var last = Assert.Single(await PassUntil(client, Minute, client.TakeAsync(Pulled, new() { Wait = 9 * Minute }).AsTask()));
        Assert.Equal(3, last.Job.Attempt);
        await last.NackAsync(Second).Soon();
        var dead = await EndOf(job);
        Assert.Equal((JobState.Dead, 3, 3), (dead.State, dead.Failures, dead.Deliveries));
        Assert.Equal(["at once", "after the backoff"], dead.Errors.Take(2).Select(e => e.Message));
        Assert.Equal(job.Id, Assert.Single(await exhausted.Reaches(1).Soon()).Id);
    }

    [Fact]
    public async Task A_job_can_be_dead_at_once_or_given_back_unused()
    {
        var client = await PullAsync();
        var job = await client.EnqueueAsync(Pulled, "x");
        await (await TakeOneAsync(client)).GiveBackAsync().Soon();
        var again = await TakeOneAsync(client);
        Assert.Equal((1, 2, 0), (again.Job.Attempt, again.Job.Deliveries, again.Job.LostDeliveries));
        await again.DeadLetterAsync("poison").Soon();
        var dead = await EndOf(job);
        Assert.Equal((JobState.Dead, "poison"), (dead.State, dead.LastError!.Message));
    }

    [Fact]
    public async Task A_lease_that_ends_hands_the_job_out_again_and_a_late_answer_changes_nothing()
    {
        var client = await PullAsync();
        var job = await client.EnqueueAsync(Pulled, "x");
        var first = await TakeOneAsync(client);
        var second = Assert.Single(await PassUntil(client, Minute, client.TakeAsync(Pulled, new() { Wait = 9 * Minute }).AsTask()));
        Assert.Equal((job.Id, 2, 2, 1), (second.Job.Id, second.Job.Attempt, second.Job.Deliveries, second.Job.LostDeliveries));
        Assert.Contains("without an answer", second.Job.LastError!.Message, StringComparison.Ordinal);

        foreach (var answer in (Func<Task>[])
        [
            () => first.AckAsync().AsTask(), () => first.NackAsync().AsTask(), () => first.ExtendAsync().AsTask(),
            () => first.GiveBackAsync().AsTask(), () => first.DeadLetterAsync("x").AsTask(),
        ])
        {
            Assert.Equal(first.Token, (await Assert.ThrowsAsync<LeaseLostException>(() => answer().Soon())).Lease);
        }

        Assert.Equal((JobState.Running, 2), await job.GetAsync() is { } now ? (now.State, now.Deliveries) : default);
        await second.AckAsync().Soon();
        Assert.Equal(JobState.Completed, (await EndOf(job)).State);
        await Assert.ThrowsAsync<LeaseLostException>(() => second.AckAsync().AsTask().Soon());
    }

    [Fact]
    public async Task A_job_whose_leases_all_end_is_dead()
    {
        var client = await PullAsync();
        var job = await client.EnqueueAsync(Pulled, "poison");
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            Assert.Equal(attempt, (await TakeOneAsync(client)).Job.Attempt);
            await PassAsync(client, Minute);
        }

        var dead = await EndOf(job);
        Assert.Equal((JobState.Dead, 3, 0), (dead.State, dead.LostDeliveries, dead.Failures));
        Assert.Empty(await client.TakeAsync(Pulled).Soon());
    }

    [Fact]
    public async Task An_extended_lease_goes_on()
    {
        var client = await PullAsync();
        var job = await client.EnqueueAsync(Pulled, "x");
        var lease = await TakeOneAsync(client);
        for (var i = 0; i < 3; i++)
        {
            await PassAsync(client, Minute - Second);
            await lease.ExtendAsync(Minute).Soon();
            Assert.Equal(Now + Minute, lease.Until);
        }

        Assert.Empty(await client.TakeAsync(Pulled).Soon());
        await lease.AckAsync().Soon();
        Assert.Equal((JobState.Completed, 1), await EndOf(job) is { } done ? (done.State, done.Deliveries) : default);

        await client.EnqueueAsync(Pulled, "y");
        var shortened = await TakeOneAsync(client);
        await shortened.ExtendAsync(Second).Soon();
        Assert.Single(await PassUntil(client, Second, client.TakeAsync(Pulled, new() { Wait = Minute }).AsTask()));
    }

    /// <summary>Lets time pass at the partitions too: each look passes through them.</summary>
    private async Task PassAsync(IJobClient client, TimeSpan time)
    {
        Clock.Advance(time);
        for (var look = 0; look < 3; look++) await client.TakeAsync(request: new() { Tasks = ["nothing"] }).Soon();
    }

    private static async Task<JobLease<string>> TakeOneAsync(IJobClient client) =>
        Assert.Single(await client.TakeAsync(Pulled, new() { Length = Minute, Wait = Second }).Soon());

    private Task<IJobClient> PullAsync(Action<JobsBuilder>? configure = null) => StartClientAsync(b =>
    {
        b.Accept(Pulled, Spelled, Bytes);
        configure?.Invoke(b);
    });
}
