namespace Jobs.Conformance.Engines;

/// <summary>From enqueue to the end: now, later, in batches, all or none (A4).</summary>
public abstract class LifecycleContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task A_job_runs_and_is_completed()
    {
        var payloads = new Recording<string>();
        var client = await StartClientAsync(b => b.Handle(Work, (text, _) =>
        {
            payloads.Add(text);
            return Task.CompletedTask;
        }));
        var handle = await client.EnqueueAsync(Work, "hello").Soon();
        var job = await EndOf(handle);
        Assert.Equal((JobState.Completed, 1, 1, 0), (job.State, job.Attempt, job.Deliveries, job.Failures));
        Assert.Equal(("work", QueueName.Default, Now, Now), (job.Task, job.Queue, job.EnqueuedAt, job.FinishedAt));
        Assert.Equal(["hello"], payloads.Items);
        Assert.False(handle.AlreadyExisted);
    }

    [Fact]
    public async Task A_delayed_job_runs_when_its_time_has_come_and_never_before()
    {
        var ran = new Recording<(string, DateTimeOffset)>();
        var client = await StartClientAsync(b => b.Handle(Work, (text, _) =>
        {
            ran.Add((text, Now));
            return Task.CompletedTask;
        }));
        var due = Now + Minute;
        var later = await client.EnqueueAsync(Work, "later", o => o.After(Minute)).Soon();
        var job = await later.GetAsync().Soon();
        Assert.Equal((JobState.Scheduled, due), (job.State, job.RunAt));

        Clock.Advance(Minute - TimeSpan.FromMilliseconds(1));
        await client.RunAsync(Work, "marker").Soon();
        Assert.Equal("marker", Assert.Single(ran.Items).Item1);

        await AdvanceUntil(TimeSpan.FromMilliseconds(1), later.CompletionAsync().AsTask());
        Assert.True(ran.Items[1].Item2 >= due);
    }

    [Fact]
    public async Task A_job_for_a_time_runs_at_that_time_and_a_past_time_means_now()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var past = await client.EnqueueAsync(Work, "past", o => o.At(Now - Minute)).Soon();
        Assert.Equal(JobState.Completed, (await EndOf(past)).State);
        var future = await client.EnqueueAsync(Work, "future", o => o.At(Now + Minute)).Soon();
        var ended = await AdvanceUntil(Minute, EndOf(future));
        Assert.Equal(JobState.Completed, ended.State);
    }

    [Fact]
    public async Task A_job_years_ahead_waits_for_its_time()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var far = await client.EnqueueAsync(Work, "far", o => o.After(TimeSpan.FromDays(80))).Soon();
        Clock.Advance(TimeSpan.FromDays(79));
        Assert.Equal(JobState.Scheduled, (await far.GetAsync().Soon()).State);
        Assert.Equal(JobState.Completed, (await AdvanceUntil(TimeSpan.FromDays(1), EndOf(far))).State);
    }

    [Fact]
    public async Task A_batch_of_one_type_gives_ids_in_input_order()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        string[] payloads = [.. Enumerable.Range(0, 100).Select(i => $"p{i}")];
        var handles = await client.EnqueueManyAsync(Work, payloads).Soon();
        Assert.Equal(100, handles.Select(h => h.Id).Distinct().Count());
        for (var i = 0; i < handles.Count; i++)
            Assert.Equal($"\"p{i}\"", System.Text.Encoding.UTF8.GetString((await EndOf(handles[i])).Payload.Span));
    }

    [Fact]
    public async Task A_mixed_batch_spans_tasks_and_queues()
    {
        var client = await StartClientAsync(b => b
            .Handle(Work, (_, _) => Task.CompletedTask)
            .Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        var handles = await client.EnqueueBatchAsync(
            [NewJob.Of(Work, "a", o => o.On("left")), NewJob.Of(Measure, "abc", o => o.On("right")), NewJob.Of(Work, "b", o => o.On("left"))]).Soon();
        var jobs = new List<JobSnapshot>();
        foreach (var handle in handles) jobs.Add(await EndOf(handle));
        Assert.Equal(["left", "right", "left"], jobs.Select(j => j.Queue.Value));
        Assert.Equal(["work", "measure", "work"], jobs.Select(j => j.Task));
        Assert.Equal(3, await client.Handle(Measure, handles[1].Id).ResultAsync().Soon());
    }

    [Fact]
    public async Task An_empty_batch_changes_nothing_but_the_task_is_checked()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        Assert.Empty(await client.EnqueueManyAsync(Work, []).Soon());
        Assert.Empty(await client.EnqueueBatchAsync([]).Soon());
        if (Capabilities.ChecksTasksOfNothing) await Assert.ThrowsAsync<TaskNotRegisteredException>(() => client.EnqueueManyAsync(Other, []).Soon());
        Assert.Equal(new JobCounts(), await client.CountAsync().Soon());
    }

    [Fact]
    public async Task One_bad_job_of_a_batch_means_none_is_stored()
    {
        var client = await StartClientAsync(b =>
        {
            b.Limits = b.Limits with { MaxPayloadBytes = 100 };
            b.Handle(Work, (_, _) => Task.CompletedTask);
        });
        var taken = JobId.FromName("default", "taken");
        await (await client.EnqueueAsync(Work, "first", o => o.WithId(taken)).Soon()).CompletionAsync().Soon();
        var before = await client.CountAsync().Soon();

        var unencodable = await Assert.ThrowsAsync<PayloadEncodingException>(() => client.EnqueueManyAsync(Work, ["good", null!, "good"]).Soon());
        Assert.Equal(1, unencodable.Index);
        await Assert.ThrowsAsync<LimitExceededException>(() => client.EnqueueManyAsync(Work, ["good", new string('x', 101)]).Soon());
        await Assert.ThrowsAsync<TaskNotRegisteredException>(() => client.EnqueueBatchAsync([NewJob.Of(Work, "good"), NewJob.Of(Other, "bad")]).Soon());
        await Assert.ThrowsAsync<InvalidJobOptionException>(
            () => client.EnqueueBatchAsync([NewJob.Of(Work, "good"), NewJob.Of(Work, "bad", o => o.Timeout = TimeSpan.Zero)]).Soon());
        await Assert.ThrowsAsync<DuplicateJobException>(() => client.EnqueueAsync(Work, "second", o => o.WithId(taken)).Soon());
        Assert.Equal(before, await client.CountAsync().Soon());
    }

    [Fact]
    public async Task A_committed_job_is_found_and_listed_at_once()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var handle = await client.EnqueueAsync(Work, "x", o => o.After(Minute)).Soon();
        Assert.Equal(handle.Id, (await client.FindAsync(handle.Id).Soon())!.Id);
        Assert.Equal(handle.Id, Assert.Single(await client.ListAsync(new JobQuery()).Soon()).Id);
        Assert.Equal(new JobCounts { Scheduled = 1 }, await client.CountAsync().Soon());
    }

    [Fact]
    public async Task A_handler_can_enqueue_from_the_first_moment_on()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var queues = Enumerable.Range(0, 50).Select(i => $"q{i}").ToArray();
        var first = await StartAsync(b =>
        {
            b.RunsJobs = false;
            b.Handle(Work, (_, _) => Task.CompletedTask);
        });
        var handles = await first.Client.EnqueueBatchAsync([.. queues.Select(q => NewJob.Of(Work, "x", o => o.On(q)))]).Soon();
        await first.StopAsync().Soon();

        ITestEngine? second = null;
        second = Create(b => b
            .Handle(Work, async (_, _) => await second!.Client.EnqueueAsync(Other, "child"))
            .Handle(Other, (_, _) => Task.CompletedTask));
        await second.StartAsync().Soon();
        foreach (var handle in handles)
        {
            var job = await EndOf(second.Client.Handle(handle.Id));
            Assert.Equal((JobState.Completed, null), (job.State, job.LastError?.Message));
        }
    }

    [Fact]
    public async Task Waiting_jobs_are_served_again_by_the_next_engine()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var first = await StartAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var later = await first.Client.EnqueueAsync(Work, "later", o => o.On("side").After(Minute)).Soon();
        await first.StopAsync().Soon();
        var second = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var ended = await AdvanceUntil(Minute, EndOf(second.Handle(later.Id)));
        Assert.Equal((JobState.Completed, later.Id), (ended.State, ended.Id));
    }

    [Fact]
    public async Task Jobs_of_one_call_share_its_options_and_go_their_own_ways()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (text, _) => text == "bad" ? throw new FormatException() : Task.CompletedTask));
        var due = Now + Minute;
        var handles = await client.EnqueueManyAsync(Work, ["good", "bad", "moved"], o =>
        {
            o.After(Minute).WithPriority(7);
            o.MaxAttempts = 1;
        }).Soon();
        var waiting = new List<JobSnapshot>();
        foreach (var handle in handles) waiting.Add(await handle.GetAsync().Soon());
        Assert.All(waiting, job => Assert.Equal((due, 7, 1), (job.RunAt, job.Priority.Urgency, job.MaxAttempts)));

        await client.RescheduleAsync(handles[2].Id, due + TimeSpan.FromDays(3650)).Soon();
        Assert.Equal(JobState.Completed, (await AdvanceUntil(Minute, EndOf(handles[0]))).State);
        Assert.Equal(JobState.Dead, (await EndOf(handles[1])).State);
        Assert.Equal((JobState.Scheduled, due + TimeSpan.FromDays(3650)), await StateAndTimeAsync(handles[2]));

        static async Task<(JobState, DateTimeOffset)> StateAndTimeAsync(JobHandle handle)
        {
            var job = await handle.GetAsync().Soon();
            return (job.State, job.RunAt);
        }
    }

    [Fact]
    public async Task An_enqueue_that_is_cancelled_before_stores_nothing()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.EnqueueManyAsync(Work, ["a", "b"], cancellation: cancelled).Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.EnqueueAsync(Work, "c", cancellation: cancelled).Soon());
        Assert.Equal(new JobCounts(), await client.CountAsync().Soon());
    }
}
