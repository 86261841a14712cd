namespace Jobs.Conformance.Clients;

/// <summary>What every client answers, whether the engine is in the same process or elsewhere (E5).</summary>
public abstract class ClientContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task A_list_is_read_page_by_page()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var handles = await client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 25).Select(i => $"{i}")], o => o.After(Minute)).Soon();
        var read = new List<JobId>();
        var query = new JobQuery { PageJobs = 10 };
        while (await client.ListAsync(query).Soon() is { Count: > 0 } page)
        {
            read.AddRange(page.Select(j => j.Id));
            query = query with { After = page[^1].Id };
        }

        Assert.Equal(handles.Select(h => h.Id).Reverse(), read);
        Assert.Equal(handles[0].Id, (await client.ListAsync(new JobQuery { PageJobs = 1, NewestFirst = false }).Soon())[0].Id);
    }

    [Fact]
    public async Task Counts_and_lists_can_be_of_one_queue_task_state_or_tag()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask).Handle(Other, (_, _) => Task.CompletedTask));
        await client.EnqueueBatchAsync(
        [
            NewJob.Of(Work, "a", o => o.After(Minute).On("side").WithTag("red")),
            NewJob.Of(Work, "b", o => o.After(Minute)),
            NewJob.Of(Other, "c", o => o.After(Minute).WithTag("red")),
        ]).Soon();
        await client.RunAsync(Other, "d").Soon();
        Assert.Equal(new JobCounts { Scheduled = 3, Completed = 1 }, await client.CountAsync().Soon());
        Assert.Equal(new JobCounts { Scheduled = 1 }, await client.CountAsync("side").Soon());
        Assert.Equal(2, (await client.ListAsync(new JobQuery { Tag = "red" }).Soon()).Count);
        Assert.Equal(2, (await client.ListAsync(new JobQuery { Task = "other" }).Soon()).Count);
        Assert.Single(await client.ListAsync(new JobQuery { Task = "other", States = [JobState.Completed] }).Soon());
    }

    [Fact]
    public async Task A_due_job_that_nobody_has_taken_is_shown_as_pending()
    {
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 0).Handle(Work, (_, _) => Task.CompletedTask));
        var handle = await client.EnqueueAsync(Work, "x", o => o.After(Minute)).Soon();
        Clock.Advance(Minute);
        Assert.Equal(JobState.Pending, (await handle.GetAsync().Soon()).State);
        Assert.Equal(new JobCounts { Pending = 1 }, await client.CountAsync().Soon());
        Assert.Equal(handle.Id, Assert.Single(await client.ListAsync(new JobQuery { States = [JobState.Pending] }).Soon()).Id);
    }

    [Fact]
    public async Task A_running_job_is_shown_as_running_by_every_question()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Work, held.RunAsync));
        var handle = await client.EnqueueAsync(Work, "x").Soon();
        await held.Runs.Reaches(1).Soon();
        Assert.Equal(new JobCounts { Running = 1 }, await client.CountAsync().Soon());
        Assert.Equal(JobState.Running, (await handle.GetAsync().Soon()).State);
        Assert.Equal(handle.Id, Assert.Single(await client.ListAsync(new JobQuery { States = [JobState.Running] }).Soon()).Id);
        held.Release();
        await EndOf(handle);
    }

    [Fact]
    public async Task A_handle_says_what_it_is()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var handle = await client.EnqueueAsync(Work, "x").Soon();
        Assert.Equal((handle.Id.ToString(), client), (handle.ToString(), handle.Client));
        Assert.Equal(handle.Id, JobId.Parse(handle.ToString()));
        await handle.CompletionAsync().Soon();
        Assert.Equal(handle.Id, client.Handle(handle.Id).Id);
    }

    [Fact]
    public async Task Many_threads_enqueue_at_once_and_nothing_is_lost()
    {
        var client = await StartClientAsync(b => b.Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            var results = new List<int>();
            for (var i = 0; i < 100; i++) results.Add(await client.RunAsync(Measure, new string('x', n)));
            return results;
        }))).Soon();
        for (var n = 0; n < 8; n++) Assert.All(all[n], result => Assert.Equal(n, result));
        Assert.Equal(800, (await client.CountAsync().Soon()).Completed);
    }
}
