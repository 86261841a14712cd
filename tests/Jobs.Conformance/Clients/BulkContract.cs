namespace Jobs.Conformance.Clients;

/// <summary>Actions on all jobs that a filter matches (A7).</summary>
public abstract class BulkContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Every_action_reaches_every_job_of_the_filter_and_no_other()
    {
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 0).Queue("side", q => q.Concurrency = 0)
            .Handle(Work, (_, _) => Task.CompletedTask));
        await client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 30).Select(i => $"{i}")], o => o.After(Hour).WithTag("red")).Soon();
        var other = await client.EnqueueAsync(Work, "other", o => o.After(Hour).On("side")).Soon();
        var red = new JobFilter { Tag = "red" };

        Assert.Equal((30L, 0L, true), Of(await client.ApplyToAllAsync(red, JobAction.ChangePriority(7)).Soon()));
        Assert.All(await client.ListAsync(new JobQuery { Tag = "red" }).Soon(), job => Assert.Equal(7, job.Priority.Urgency));
        Assert.Equal((30L, 0L, true), Of(await client.ApplyToAllAsync(red, JobAction.Reschedule(Now + Minute)).Soon()));
        Assert.Equal((30L, 0L, true), Of(await client.ApplyToAllAsync(red, JobAction.RunNow).Soon()));
        Assert.Equal(new JobCounts { Pending = 30, Scheduled = 1 }, await client.CountAsync().Soon());
        Assert.Equal((30L, 0L, true), Of(await client.ApplyToAllAsync(red, JobAction.Cancel).Soon()));
        Assert.Equal((30L, 0L, true), Of(await client.ApplyToAllAsync(red with { States = [JobState.Cancelled] }, JobAction.Retry).Soon()));
        Assert.Equal(new JobCounts { Pending = 30, Scheduled = 1 }, await client.CountAsync().Soon());
        Assert.Equal((30L, 0L, true), Of(await client.ApplyToAllAsync(red, JobAction.Delete()).Soon()));
        Assert.Equal(new JobCounts { Scheduled = 1 }, await client.CountAsync().Soon());
        Assert.Equal(0, (await other.GetAsync().Soon()).Priority.Urgency);
    }

    [Fact]
    public async Task What_cannot_be_done_to_a_job_in_its_state_is_counted_as_skipped()
    {
        var client = await StartClientAsync(b => b.Queue("still", q => q.Concurrency = 0).Handle(Work, (_, _) => Task.CompletedTask));
        await EndOf(await client.EnqueueAsync(Work, "done").Soon());
        await client.EnqueueManyAsync(Work, ["a", "b"], o => o.On("still")).Soon();
        Assert.Equal((2L, 1L, true), Of(await client.ApplyToAllAsync(new JobFilter { Task = "work" }, JobAction.Cancel).Soon()));
        Assert.Equal((0L, 3L, true), Of(await client.ApplyToAllAsync(new JobFilter { Task = "work" }, JobAction.Cancel).Soon()));
        Assert.Equal((0L, 0L, true), Of(await client.ApplyToAllAsync(new JobFilter { Task = "nobody" }, JobAction.Cancel).Soon()));
    }

    [Fact]
    public async Task Progress_is_told_page_by_page_and_bounds_end_the_call_where_the_next_one_goes_on()
    {
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 0).Handle(Work, (_, _) => Task.CompletedTask));
        var handles = await client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 2500).Select(i => $"{i}")], o => o.After(Hour)).Soon();
        var told = new Recording<BulkResult>();
        var first = await client.ApplyToAllAsync(
            new JobFilter(), JobAction.Cancel, new BulkOptions { MaxJobs = 1200, Parallelism = 500 }, new Progress(told)).Soon();
        Assert.Equal((1200L, 0L, false), Of(first));
        Assert.Equal([1000L, 1200L], told.Items.Select(r => r.Done));
        Assert.Equal(handles[1199].Id, first.Last);
        var second = await client.ApplyToAllAsync(new JobFilter(), JobAction.Cancel, new BulkOptions { After = first.Last }, new Progress(told)).Soon();
        Assert.Equal((1300L, 0L, true), Of(second));
        Assert.Equal(handles[^1].Id, second.Last);
        Assert.Equal(new JobCounts { Cancelled = 2500 }, await client.CountAsync().Soon());
    }

    [Fact]
    public async Task Jobs_that_come_meanwhile_are_left_out()
    {
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 0).Handle(Work, (_, _) => Task.CompletedTask));
        await client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 1000).Select(i => $"{i}")], o => o.After(Hour)).Soon();
        var meanwhile = new Enqueuing(client);
        Assert.Equal((1000L, 0L, true), Of(await client.ApplyToAllAsync(new JobFilter(), JobAction.Cancel, null, meanwhile).Soon()));
        Assert.Equal(new JobCounts { Cancelled = 1000, Scheduled = 1 }, await client.CountAsync().Soon());
    }

    [Fact]
    public async Task A_call_is_cancelled_between_jobs_and_options_are_checked()
    {
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 0).Handle(Work, (_, _) => Task.CompletedTask));
        await client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 1500).Select(i => $"{i}")], o => o.After(Hour)).Soon();
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.ApplyToAllAsync(new JobFilter(), JobAction.Cancel, null, new Cancelling(cancel), cancel.Token).Soon());
        Assert.Equal(new JobCounts { Cancelled = 1000, Scheduled = 500 }, await client.CountAsync().Soon());
        foreach (var wrong in (BulkOptions[])[new() { MaxJobs = 0 }, new() { MaxFailures = 0 }, new() { Parallelism = 0 }, new() { Parallelism = 1001 }])
            await Assert.ThrowsAsync<InvalidJobOptionException>(() => client.ApplyToAllAsync(new JobFilter(), JobAction.Cancel, wrong).Soon());
    }

    private static (long Done, long Skipped, bool IsComplete) Of(BulkResult result)
    {
        Assert.Equal((0L, 0), (result.Failed, result.Failures.Count));
        return (result.Done, result.Skipped, result.IsComplete);
    }

    private sealed class Progress(Recording<BulkResult> told) : IProgress<BulkResult>
    {
        public void Report(BulkResult value) => told.Add(value);
    }

    private sealed class Cancelling(CancellationTokenSource cancel) : IProgress<BulkResult>
    {
        public void Report(BulkResult value) => cancel.Cancel();
    }

    /// <summary>Enqueues after the first page, which is full; there must be no second one for that.</summary>
    private sealed class Enqueuing(IJobClient client) : IProgress<BulkResult>
    {
        public void Report(BulkResult value) => client.EnqueueAsync(Work, "late", o => o.After(Hour)).AsTask().Wait(TimeSpan.FromSeconds(30));
    }
}
