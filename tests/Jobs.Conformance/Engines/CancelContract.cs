namespace Jobs.Conformance.Engines;

/// <summary>What operators do to jobs (A7, C12, C34).</summary>
public abstract class CancelContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task A_pending_job_is_cancelled()
    {
        var client = await StartClientAsync(b => Hold(b));
        var handle = await client.EnqueueAsync(Work, "x").Soon();
        var job = await handle.CancelAsync().Soon();
        Assert.Equal((JobState.Cancelled, Now, 0), (job.State, job.FinishedAt, job.Deliveries));
        Assert.Equal(JobState.Cancelled, (await handle.GetAsync().Soon()).State);
        var again = await Assert.ThrowsAsync<WrongJobStateException>(() => handle.CancelAsync().Soon());
        Assert.Equal((handle.Id, JobState.Cancelled, "be cancelled"), (again.Id, again.State, again.Action));
    }

    [Fact]
    public async Task A_scheduled_job_is_cancelled_and_does_not_run()
    {
        var ran = new Recording<string>();
        var client = await StartClientAsync(b => b.Handle(Work, (text, _) => Note(ran, text)));
        var handle = await client.EnqueueAsync(Work, "cancelled", o => o.After(Minute)).Soon();
        var marker = await client.EnqueueAsync(Work, "marker", o => o.After(Minute)).Soon();
        await handle.CancelAsync().Soon();
        await AdvanceUntil(Minute, EndOf(marker));
        Assert.Equal(["marker"], ran.Items);
    }

    [Fact]
    public async Task A_retrying_job_is_cancelled()
    {
        var retries = new Recording<JobSnapshot>();
        var client = await StartClientAsync(b => b.AddObserver(new RetryObserver(retries)).Handle(Work, (_, _) => throw new FormatException()));
        var handle = await client.EnqueueAsync(Work, "x").Soon();
        await retries.Reaches(1).Soon();
        var job = await handle.CancelAsync().Soon();
        Assert.Equal((JobState.Cancelled, 1), (job.State, job.Failures));
    }

    [Fact]
    public async Task A_running_job_is_told_and_its_late_outcome_changes_nothing()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 1)
            .Handle(Work, held.RunDeafAsync).Handle(Other, (_, _) => Task.CompletedTask));
        var handle = await client.EnqueueAsync(Work, "x").Soon();
        var context = (await held.Runs.Reaches(1).Soon())[0];
        var told = new Signal();
        context.Cancellation.Register(told.Set);
        var waiter = EndOf(handle);
        Assert.Equal(JobState.Cancelled, (await handle.CancelAsync().Soon()).State);
        Assert.Equal(JobState.Cancelled, (await waiter).State);
        await told.Task.Soon();
        held.Release();

        // The only slot is free again when the old handler has returned.
        await client.RunAsync(Other, "next").Soon();
        var job = await handle.GetAsync().Soon();
        Assert.Equal((JobState.Cancelled, 0), (job.State, job.Failures));
    }

    [Fact]
    public async Task A_job_that_came_back_waits_for_its_old_handler()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Work, held.RunDeafAsync));
        var handle = await client.EnqueueAsync(Work, "x").Soon();
        await held.Runs.Reaches(1).Soon();
        await handle.CancelAsync().Soon();
        var back = await client.RetryAsync(handle.Id).Soon();
        Assert.Equal((JobState.Pending, 0), (back.State, back.Failures));
        Assert.Equal(1, (await client.CountAsync().Soon()).Pending);
        Assert.Single(held.Runs.Items);
        held.Release();
        await held.Runs.Reaches(2).Soon();
        held.Release();
        var done = await EndOf(handle);
        Assert.Equal((JobState.Completed, 1, 2), (done.State, done.Attempt, done.Deliveries));
    }

    [Fact]
    public async Task Delete_removes_a_job_and_its_record()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Work, held.RunAsync).Handle(Other, (_, _) => Task.CompletedTask));
        var done = await client.EnqueueAsync(Other, "x").Soon();
        await EndOf(done);
        Assert.Equal(JobState.Completed, (await client.DeleteAsync(done.Id).Soon()).State);
        Assert.Null(await client.FindAsync(done.Id).Soon());

        var waiting = await client.EnqueueAsync(Other, "x", o => o.After(Minute)).Soon();
        await client.DeleteAsync(waiting.Id).Soon();
        Assert.Null(await client.FindAsync(waiting.Id).Soon());
        await Assert.ThrowsAsync<JobNotFoundException>(() => client.DeleteAsync(waiting.Id).Soon());

        var running = await client.EnqueueAsync(Work, "x").Soon();
        var context = (await held.Runs.Reaches(1).Soon())[0];
        await Assert.ThrowsAsync<WrongJobStateException>(() => client.DeleteAsync(running.Id).Soon());
        var told = new Signal();
        context.Cancellation.Register(told.Set);
        await client.DeleteAsync(running.Id, whenRunning: true).Soon();
        await told.Task.Soon();
        Assert.Null(await client.FindAsync(running.Id).Soon());
    }

    [Fact]
    public async Task Retry_by_hand_starts_over()
    {
        var healed = false;
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => healed ? Task.CompletedTask : throw new FormatException()));
        var handle = await client.EnqueueAsync(Work, "x", o =>
        {
            o.MaxAttempts = 3;
            o.Backoff = RetryPolicy.None;
        }).Soon();
        Assert.Equal(3, (await EndOf(handle)).Failures);
        healed = true;
        var back = await client.RetryAsync(handle.Id).Soon();
        Assert.Equal((JobState.Pending, 0, 0, null), (back.State, back.Failures, back.Errors.Count, back.FinishedAt));
        var done = await EndOf(handle);
        Assert.Equal((JobState.Completed, 1, 4), (done.State, done.Attempt, done.Deliveries));
        await Assert.ThrowsAsync<WrongJobStateException>(() => client.RetryAsync(handle.Id).Soon());
    }

    [Fact]
    public async Task Retry_by_hand_is_refused_while_another_job_has_the_unique_key()
    {
        var client = await StartClientAsync(b => Hold(b));
        var first = await client.EnqueueAsync(Work, "x", o => o.UniqueKey = "k").Soon();
        await first.CancelAsync().Soon();
        var second = await client.EnqueueAsync(Work, "x", o => o.UniqueKey = "k").Soon();
        var error = await Assert.ThrowsAsync<UniqueKeyTakenException>(() => client.RetryAsync(first.Id).Soon());
        Assert.Equal((first.Id, "k", second.Id), (error.Id, error.Key, error.Holder));
        Assert.Equal(JobState.Cancelled, (await first.GetAsync().Soon()).State);
    }

    [Fact]
    public async Task Run_now_moves_the_time_and_keeps_the_attempts()
    {
        var retries = new Recording<JobSnapshot>();
        var client = await StartClientAsync(b => b.AddObserver(new RetryObserver(retries))
            .Handle(Work, (_, job) => job.Attempt == 1 ? throw new FormatException() : Task.CompletedTask));
        var scheduled = await client.EnqueueAsync(Work, "x", o => o.After(Minute)).Soon();
        await client.RunNowAsync(scheduled.Id).Soon();
        await retries.Reaches(1).Soon();
        await client.RunNowAsync(scheduled.Id).Soon();
        var done = await EndOf(scheduled);
        Assert.Equal((JobState.Completed, 2, 1), (done.State, done.Attempt, done.Failures));
        await Assert.ThrowsAsync<WrongJobStateException>(() => client.RunNowAsync(scheduled.Id).Soon());
    }

    [Fact]
    public async Task Reschedule_moves_a_waiting_job_both_ways()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var sooner = await client.EnqueueAsync(Work, "x", o => o.After(TimeSpan.FromHours(1))).Soon();
        var later = await client.EnqueueAsync(Work, "x", o => o.After(Second)).Soon();
        var moved = await client.RescheduleAsync(sooner.Id, Now + Second).Soon();
        Assert.Equal((JobState.Scheduled, Now + Second), (moved.State, moved.RunAt));
        await client.RescheduleAsync(later.Id, Now + TimeSpan.FromHours(1)).Soon();
        Assert.Equal(JobState.Completed, (await AdvanceUntil(Second, EndOf(sooner))).State);
        Assert.Equal(JobState.Scheduled, (await later.GetAsync().Soon()).State);
        await client.RescheduleAsync(later.Id, Now - Minute).Soon();
        Assert.Equal(JobState.Completed, (await EndOf(later)).State);
    }

    [Fact]
    public async Task Change_of_priority_changes_the_order()
    {
        var ran = new Recording<string>();
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 1)
            .Handle(Other, held.RunAsync).Handle(Work, (text, _) => Note(ran, text)));
        await client.EnqueueAsync(Other, "blocker").Soon();
        await held.Runs.Reaches(1).Soon();
        var a = await client.EnqueueAsync(Work, "a").Soon();
        var b = await client.EnqueueAsync(Work, "b").Soon();
        Assert.Equal(7, (await client.ChangePriorityAsync(b.Id, 7).Soon()).Priority.Urgency);
        held.Release();
        await EndOf(a);
        await EndOf(b);
        Assert.Equal(["b", "a"], ran.Items);
        await Assert.ThrowsAsync<WrongJobStateException>(() => client.ChangePriorityAsync(a.Id, 1).Soon());
    }

    [Fact]
    public async Task A_filter_acts_on_all_that_match_and_can()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask).Handle(Other, (_, _) => Task.CompletedTask));
        await client.EnqueueManyAsync(Work, [.. Enumerable.Repeat("x", 1500)], o => o.After(Minute).WithTag("bulk")).Soon();
        var spared = await client.EnqueueAsync(Other, "x", o => o.After(Minute)).Soon();
        await client.RunAsync(Work, "done", o => o.WithTag("bulk")).Soon();

        Assert.Equal(1500, await client.ApplyAsync(new JobFilter { Tag = "bulk" }, JobAction.Cancel).Soon());
        Assert.Equal(JobState.Scheduled, (await spared.GetAsync().Soon()).State);
        Assert.Equal(1500, (await client.CountAsync().Soon()).Cancelled);
        Assert.Equal(1501, await client.ApplyAsync(new JobFilter { Task = "work" }, JobAction.Delete()).Soon());
        Assert.Equal(new JobCounts { Scheduled = 1 }, await client.CountAsync().Soon());
    }

    [Fact]
    public async Task Unknown_ids_are_told_so()
    {
        var client = await StartClientAsync(b => Hold(b));
        foreach (var id in (JobId[])[JobId.FromName("default", "nobody"), JobId.FromName("no-such-queue", "nobody"), default])
        {
            Assert.Equal(id, (await Assert.ThrowsAsync<JobNotFoundException>(() => client.CancelAsync(id).Soon())).Id);
            await Assert.ThrowsAsync<JobNotFoundException>(() => client.RescheduleAsync(id, Now).Soon());
        }
    }

    private static void Hold(Core.JobsBuilder builder) =>
        builder.Queue("default", q => q.Concurrency = 0).Handle(Work, (_, _) => Task.CompletedTask);

    private static Task Note(Recording<string> ran, string text)
    {
        ran.Add(text);
        return Task.CompletedTask;
    }

    private sealed class RetryObserver(Recording<JobSnapshot> retries) : IJobObserver
    {
        public void WillRetry(JobSnapshot job, JobError error) => retries.Add(job);
    }
}
