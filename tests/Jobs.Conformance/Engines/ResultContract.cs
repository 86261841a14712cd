namespace Jobs.Conformance.Engines;

/// <summary>Awaiting a job from anywhere (A6).</summary>
public abstract class ResultContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task A_wait_for_less_than_no_time_is_refused_before_anything_is_enqueued()
    {
        var client = await StartClientAsync(b => b.Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        var error = await Assert.ThrowsAsync<InvalidJobOptionException>(() => client.RunAsync(Measure, "x", timeout: -Second).Soon());
        Assert.Equal("timeout", error.Option);
        Assert.Equal(new JobCounts(), await client.CountAsync().Soon());
    }

    [Fact]
    public async Task A_raw_handler_captures_a_typed_result()
    {
        var typed = ResultTask.Create<ReadOnlyMemory<byte>, int>("raw-measure", o => o.Codec = null);
        var client = await StartClientAsync(b => b.HandleRaw("raw-measure", (bytes, job) =>
        {
            job.CaptureResult(bytes.Length);
            return Task.CompletedTask;
        }));
        var handle = await client.EnqueueAsync(TaskDefinition.Raw("raw-measure"), new byte[] { 1, 2, 3 }).Soon();
        Assert.Equal(3, await client.Handle(typed, handle.Id).ResultAsync().Soon());
    }

    [Fact]
    public async Task Run_gives_the_typed_result()
    {
        var client = await StartClientAsync(b => b.Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        Assert.Equal(5, await client.RunAsync(Measure, "hello").Soon());
    }

    [Fact]
    public async Task A_handle_made_from_the_id_gives_the_result_before_and_after_the_end()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Measure, async (text, job) =>
        {
            await held.RunAsync(text, job);
            return text.Length;
        }));
        var id = (await client.EnqueueAsync(Measure, "hello").Soon()).Id;
        var rebuilt = client.Handle(Measure, JobId.Parse(id.ToString()));
        var before = rebuilt.ResultAsync().AsTask();
        held.Release();
        Assert.Equal(5, await before.Soon());
        Assert.Equal(5, await rebuilt.ResultAsync().Soon());
    }

    [Fact]
    public async Task A_dead_job_throws_with_its_last_error()
    {
        var client = await StartClientAsync(b => b.Handle(Measure, (_, _) => throw new FormatException("broken")));
        var error = await Assert.ThrowsAsync<JobFailedException>(() => client.RunAsync(Measure, "x", o => o.MaxAttempts = 1).Soon());
        Assert.Equal(("measure", "System.FormatException", "broken"), (error.Task, error.Error!.Type, error.Error.Message));
        await Assert.ThrowsAsync<JobFailedException>(() => client.Handle(error.Id).CompletionAsync().Soon());
    }

    [Fact]
    public async Task A_cancelled_job_throws_to_its_waiter()
    {
        var client = await StartClientAsync(b => b.Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        var handle = await client.EnqueueAsync(Measure, "x", o => o.After(Minute)).Soon();
        var waiter = handle.ResultAsync().AsTask();
        await handle.CancelAsync().Soon();
        var error = await Assert.ThrowsAsync<JobCancelledException>(() => waiter.Soon());
        Assert.Equal((handle.Id, "measure"), (error.Id, error.Task));
    }

    [Fact]
    public async Task A_discarded_job_throws_with_the_reason()
    {
        var client = await StartClientAsync(b => b.Handle(Measure, (_, _) => Task.FromResult(JobOutcome.Discard("nobody wants it"))));
        var error = await Assert.ThrowsAsync<JobDiscardedException>(() => client.RunAsync(Measure, "x").Soon());
        Assert.Equal("nobody wants it", error.Reason);
    }

    [Fact]
    public async Task A_deleted_job_throws_to_its_waiter()
    {
        var client = await StartClientAsync(b => b.Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        var handle = await client.EnqueueAsync(Measure, "x", o => o.After(Minute)).Soon();
        var waiter = handle.ResultAsync().AsTask();
        await client.DeleteAsync(handle.Id).Soon();
        var error = await Assert.ThrowsAnyAsync<JobsException>(() => waiter.Soon());

        // A question that travels may arrive when the job is gone.
        Assert.True(error is JobDiscardedException || (error is JobNotFoundException && !Capabilities.IsOneProcess), error.ToString());
    }

    [Fact]
    public async Task A_wait_that_is_over_leaves_the_job_alone()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Work, held.RunAsync));
        var handle = await client.EnqueueAsync(Work, "x").Soon();
        await held.Runs.Reaches(1).Soon();
        var error = await Assert.ThrowsAsync<JobWaitTimeoutException>(() => AdvanceUntil(Second, handle.WaitAsync(Second).AsTask()));
        Assert.Equal((handle.Id, Second), (error.Id, error.Timeout));
        held.Release();
        Assert.Equal(JobState.Completed, (await EndOf(handle)).State);
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_the_job_alone()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Work, held.RunAsync));
        var handle = await client.EnqueueAsync(Work, "x").Soon();
        using var stop = new CancellationTokenSource();
        var waiter = handle.WaitAsync(cancellation: stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter.Soon());
        held.Release();
        Assert.Equal(JobState.Completed, (await EndOf(handle)).State);
    }

    [Fact]
    public async Task A_wait_may_be_longer_than_any_timer()
    {
        var client = await StartClientAsync(b => b.Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        Assert.Equal(1, await client.RunAsync(Measure, "x", timeout: TimeSpan.FromDays(1000)).Soon());
        var later = await client.EnqueueAsync(Measure, "xy", o => o.After(Second)).Soon();
        Assert.Equal(2, await AdvanceUntil(Second, later.ResultAsync(TimeSpan.MaxValue).AsTask()));
    }

    [Fact]
    public async Task Retention_of_nothing_still_gives_the_result_to_who_ran_it()
    {
        if (!Capabilities.GivesEndsWithoutRecord) return;
        var client = await StartClientAsync(b => b.Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        for (var i = 0; i < 100; i++)
            Assert.Equal(i, await client.RunAsync(Measure, new string('x', i), o => o.Retention = RetentionPolicy.None).Soon());
        Assert.Equal(0, (await client.CountAsync().Soon()).Completed);
    }

    [Fact]
    public async Task A_job_without_a_record_is_not_found_after_its_end()
    {
        if (!Capabilities.GivesEndsWithoutRecord) return;
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        await client.RunAsync(Work, "x", o => o.WithId(JobId.FromName("default", "gone")).Retention = RetentionPolicy.None).Soon();
        var id = JobId.FromName("default", "gone");
        Assert.Null(await client.FindAsync(id).Soon());
        await Assert.ThrowsAsync<JobNotFoundException>(() => client.WaitAsync(id).Soon());
    }

    [Fact]
    public async Task Many_waiters_of_one_job_all_get_the_result()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Measure, async (text, job) =>
        {
            await held.RunAsync(text, job);
            return text.Length;
        }));
        var handle = await client.EnqueueAsync(Measure, "hello").Soon();
        Task<int>[] waiters = [.. Enumerable.Range(0, 1000).Select(_ => handle.ResultAsync().AsTask())];
        held.Release();
        Assert.All(await Task.WhenAll(waiters).Soon(), result => Assert.Equal(5, result));
    }

    [Fact]
    public async Task Many_callers_get_their_own_results()
    {
        var client = await StartClientAsync(b => b.Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        var results = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => client.RunAsync(Measure, new string('x', i)).AsTask())).Soon();
        Assert.Equal(Enumerable.Range(0, 500), results);
    }

    [Fact]
    public async Task A_waiter_of_an_unknown_id_is_told_so()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var unknown = JobId.FromName("default", "nobody");
        Assert.Equal(unknown, (await Assert.ThrowsAsync<JobNotFoundException>(() => client.WaitAsync(unknown).Soon())).Id);
        await Assert.ThrowsAsync<JobNotFoundException>(() => client.GetAsync(unknown).Soon());
    }

    [Fact]
    public async Task A_waiter_learns_that_the_service_stopped()
    {
        var engine = await StartAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var handle = await engine.Client.EnqueueAsync(Work, "x", o => o.After(Minute)).Soon();
        var waiter = handle.WaitAsync().AsTask();
        await engine.StopAsync().Soon();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => waiter.Soon());
    }

    [Fact]
    public async Task A_raw_handler_captures_a_result_and_the_last_one_wins()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, job) =>
        {
            job.CaptureResult("first");
            job.CaptureResult("last");
            return Task.CompletedTask;
        }));
        var job = await EndOf(await client.EnqueueAsync(Work, "x").Soon());
        Assert.Equal("\"last\"", System.Text.Encoding.UTF8.GetString(job.Result!.Value.Span));
    }

    [Fact]
    public async Task A_failed_attempt_forgets_what_it_captured()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, job) =>
        {
            if (job.Attempt > 1) return Task.CompletedTask;
            job.CaptureResult("of the failed one");
            throw new FormatException();
        }));
        var job = await EndOf(await client.EnqueueAsync(Work, "x", o => o.Backoff = RetryPolicy.None).Soon());
        Assert.Equal((JobState.Completed, 2), (job.State, job.Attempt));
        Assert.Null(job.Result);
    }
}
