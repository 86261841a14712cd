namespace Jobs.Conformance.Engines;

/// <summary>One unfinished job per key, and ids of the caller's own (B6, C10).</summary>
public abstract partial class UniquenessContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly TaskDefinition<string> Once = TaskDefinition.Create<string>("once", o => o.UniqueByPayload = true);

    [Fact]
    public async Task A_second_job_with_the_key_is_the_first_one()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var first = await client.EnqueueAsync(Work, "a", o => o.After(Minute).UniqueKey = "k").Soon();
        var second = await client.EnqueueAsync(Work, "b", o => o.UniqueKey = "k").Soon();
        Assert.Equal((first.Id, false, true), (second.Id, first.AlreadyExisted, second.AlreadyExisted));
        Assert.Equal("\"a\"", System.Text.Encoding.UTF8.GetString((await second.GetAsync().Soon()).Payload.Span));
        Assert.Equal(1, (await client.CountAsync().Soon()).Unfinished);
        Assert.Equal("k", (await first.GetAsync().Soon()).UniqueKey);
    }

    [Fact]
    public async Task The_key_is_free_after_any_end()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (text, _) => Task.FromResult(text switch
        {
            "bury" => JobOutcome.DeadLetter("x"),
            "drop" => JobOutcome.Discard("x"),
            _ => JobOutcome.Done(),
        })));
        foreach (var text in (string[])["done", "bury", "drop"])
        {
            var job = await client.EnqueueAsync(Work, text, o => o.UniqueKey = "k").Soon();
            Assert.False(job.AlreadyExisted);
            await EndOf(job);
        }

        var cancelled = await client.EnqueueAsync(Work, "x", o => o.After(Minute).UniqueKey = "k").Soon();
        await cancelled.CancelAsync().Soon();
        var deleted = await client.EnqueueAsync(Work, "x", o => o.After(Minute).UniqueKey = "k").Soon();
        await client.DeleteAsync(deleted.Id).Soon();
        Assert.False((await client.EnqueueAsync(Work, "x", o => o.UniqueKey = "k").Soon()).AlreadyExisted);
    }

    [Fact]
    public async Task The_key_is_held_through_retries_and_reschedules()
    {
        var runs = new Recording<int>();
        var client = await StartClientAsync(b => b.Handle(Work, (_, job) =>
        {
            runs.Add(job.Attempt);
            return Task.FromResult<JobOutcome>(runs.Items.Count switch
            {
                1 => JobOutcome.Retry("again", Minute),
                2 => JobOutcome.RescheduleAfter(Minute),
                _ => JobOutcome.Done(),
            });
        }));
        var first = await client.EnqueueAsync(Work, "x", o => o.UniqueKey = "k").Soon();
        for (var n = 1; n <= 2; n++)
        {
            await runs.Reaches(n).Soon();
            Assert.True((await client.EnqueueAsync(Work, "x", o => o.UniqueKey = "k").Soon()).AlreadyExisted);
            if (n == 1) await AdvanceUntil(Minute, runs.Reaches(2));
        }

        await AdvanceUntil(Minute, EndOf(first));
    }

    [Fact]
    public async Task Keys_of_different_queues_do_not_meet()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        await client.EnqueueAsync(Work, "x", o => o.After(Minute).UniqueKey = "k").Soon();
        Assert.False((await client.EnqueueAsync(Work, "x", o => o.On("elsewhere").After(Minute).UniqueKey = "k").Soon()).AlreadyExisted);
    }

    [Fact]
    public async Task Equal_payloads_are_one_job_when_the_task_says_so()
    {
        var client = await StartClientAsync(b => b.Handle(Once, (_, _) => Task.CompletedTask));
        var handles = await client.EnqueueManyAsync(Once, ["a", "b", "a", "a"], o => o.After(Minute)).Soon();
        Assert.Equal([false, false, true, true], handles.Select(h => h.AlreadyExisted));
        Assert.Equal([handles[0].Id, handles[1].Id, handles[0].Id, handles[0].Id], handles.Select(h => h.Id));
        Assert.Equal(2, (await client.CountAsync().Soon()).Unfinished);
        var last = await AdvanceUntil(Minute, EndOf(handles[3]));
        Assert.Equal(handles[0].Id, last.Id);
        Assert.False((await client.EnqueueAsync(Once, "a").Soon()).AlreadyExisted);
    }

    [Fact]
    public async Task Run_awaits_the_job_that_has_the_key()
    {
        var held = new HeldHandler();
        var enqueued = new Recording<int>();
        var client = await StartClientAsync(b => b.UseEnqueueMiddleware(_ => new AfterEnqueue(enqueued)).Handle(Measure, async (text, job) =>
        {
            await held.RunAsync(text, job);
            return text.Length;
        }));
        var first = client.RunAsync(Measure, "hello", o => o.UniqueKey = "k").AsTask();
        await held.Runs.Reaches(1).Soon();
        var second = client.RunAsync(Measure, "ignored", o => o.UniqueKey = "k").AsTask();
        await enqueued.Reaches(2).Soon();
        held.Release();
        Assert.Equal((5, 5), (await first.Soon(), await second.Soon()));
        Assert.Single(held.Runs.Items);
    }

    [Fact]
    public async Task Many_callers_at_once_make_one_job()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var handles = await Task.WhenAll(Enumerable.Range(0, 100)
            .Select(_ => Task.Run(() => client.EnqueueAsync(Work, "x", o => o.After(Minute).UniqueKey = "k").AsTask()))).Soon();
        Assert.Single(handles, h => !h.AlreadyExisted);
        Assert.Single(handles.Select(h => h.Id).Distinct());
    }

    [Fact]
    public async Task A_named_id_is_taken_while_its_record_exists()
    {
        var id = JobId.FromName("default", "report-2030-05");
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var handle = await client.EnqueueAsync(Work, "x", o => o.WithId(id)).Soon();
        Assert.Equal((id, JobState.Completed), (handle.Id, (await EndOf(handle)).State));
        Assert.Equal(id, (await Assert.ThrowsAsync<DuplicateJobException>(() => client.EnqueueAsync(Work, "x", o => o.WithId(id)).Soon())).Id);
        await client.DeleteAsync(id).Soon();
        Assert.Equal(JobState.Completed, (await EndOf(await client.EnqueueAsync(Work, "y", o => o.WithId(id)).Soon())).State);
    }

    [Fact]
    public async Task A_named_id_belongs_to_its_queue_and_to_one_job()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var other = JobId.FromName("elsewhere", "n");
        await Assert.ThrowsAsync<InvalidJobOptionException>(() => client.EnqueueAsync(Work, "x", o => o.WithId(other)).Soon());
        var own = JobId.FromName("default", "n");
        await Assert.ThrowsAsync<InvalidJobOptionException>(() => client.EnqueueManyAsync(Work, ["a", "b"], o => o.WithId(own)).Soon());
        var made = (await client.EnqueueAsync(Work, "x").Soon()).Id;
        await Assert.ThrowsAsync<InvalidJobOptionException>(() => client.EnqueueAsync(Work, "x", o => o.WithId(made)).Soon());
        Assert.Equal(JobState.Completed, (await EndOf(await client.EnqueueAsync(Work, "x", o => o.On("elsewhere").WithId(other)).Soon())).State);
    }

    /// <summary>Tells when an enqueue is committed, before its caller hears of it.</summary>
    private sealed class AfterEnqueue(Recording<int> enqueued) : IEnqueueMiddleware
    {
        public async ValueTask<IReadOnlyList<JobHandle>> InvokeAsync(
            IReadOnlyList<EncodedJob> jobs, EnqueueDelegate next, CancellationToken cancellation)
        {
            var handles = await next(jobs, cancellation);
            enqueued.Add(handles.Count);
            return handles;
        }
    }

    [Fact]
    public async Task A_batch_may_have_ids_of_the_callers_own_and_none_of_them_twice()
    {
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 0).Handle(Work, (_, _) => Task.CompletedTask));
        JobId Id(string name) => JobId.FromName("default", name);
        NewJob Job(string name) => NewJob.Of(Work, name, o => o.WithId(Id(name)));

        var handles = await client.EnqueueBatchAsync([Job("a"), NewJob.Of(Work, "no id of its own"), Job("b")]).Soon();
        Assert.Equal((Id("a"), Id("b")), (handles[0].Id, handles[2].Id));

        var taken = await Assert.ThrowsAsync<DuplicateJobException>(() => client.EnqueueBatchAsync([Job("c"), Job("b")]).Soon());
        Assert.Equal(Id("b"), taken.Id);
        var twice = await Assert.ThrowsAsync<DuplicateJobException>(() => client.EnqueueBatchAsync([Job("d"), Job("d")]).Soon());
        Assert.Equal(Id("d"), twice.Id);
        Assert.Equal(new JobCounts { Pending = 3 }, await client.CountAsync().Soon());
    }
}
