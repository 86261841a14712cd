using System.Text;

namespace Jobs.Conformance.Engines;

/// <content>Ids of the caller's own that may be used again when their jobs have ended.</content>
public abstract partial class UniquenessContract
{
    private static readonly JobId Reused = JobId.FromName("default", "reused");

    private static void Live(EnqueueOptions options) => options.WithId(Reused, JobIdScope.Live);

    private static string TextOf(JobSnapshot job) => Encoding.UTF8.GetString(job.Payload.Span);

    private static async Task RequireTaken(IJobClient client, Action<EnqueueOptions>? configure = null) => Assert.Equal(
        Reused, (await Assert.ThrowsAsync<DuplicateJobException>(() => client.EnqueueAsync(Work, "refused", configure ?? Live).Soon())).Id);

    [Fact]
    public async Task A_live_id_may_be_used_again_after_any_end_and_the_new_job_replaces_the_old_one()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (text, _) => Task.FromResult(text switch
        {
            "bury" => JobOutcome.DeadLetter("x"),
            "drop" => JobOutcome.Discard("x"),
            _ => JobOutcome.Done(),
        })));
        foreach (var (text, end) in new[]
        {
            ("done", JobState.Completed), ("bury", JobState.Dead), ("drop", JobState.Discarded), ("again", JobState.Completed), ("bury", JobState.Dead),
        })
        {
            var job = await client.EnqueueAsync(Work, text, Live).Soon();
            Assert.Equal((Reused, false), (job.Id, job.AlreadyExisted));
            var ended = await EndOf(job);
            Assert.Equal((end, $"\"{text}\"", 1), (ended.State, TextOf(ended), ended.Attempt));
            var found = await job.GetAsync().Soon();
            Assert.Equal((end, $"\"{text}\""), (found.State, TextOf(found)));
        }

        var later = await client.EnqueueAsync(Work, "cancelled", o => Live(o.After(Minute))).Soon();
        await later.CancelAsync().Soon();
        var next = await client.EnqueueAsync(Work, "next", o => Live(o.After(Minute))).Soon();
        Assert.Equal((JobState.Scheduled, "\"next\""), ((await next.GetAsync().Soon()).State, TextOf(await next.GetAsync().Soon())));
        Assert.Equal(new JobCounts { Scheduled = 1 }, await client.CountAsync().Soon());
        await AdvanceUntil(Minute, EndOf(next));
        Assert.Equal(new JobCounts { Completed = 1 }, await client.CountAsync().Soon());
    }

    [Fact]
    public async Task A_live_id_is_taken_while_its_job_is_unfinished()
    {
        var held = new HeldHandler();
        var attempts = new Recording<int>();
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 1).Handle(Work, async (text, job) =>
        {
            if (text == "last") attempts.Add(job.Attempt);
            if (text is "last" or "first") await held.RunAsync(text, job);
            return text == "last" && job.Attempt == 1 ? JobOutcome.Retry("again", Minute) : JobOutcome.Done();
        }));
        var first = await client.EnqueueAsync(Work, "first").Soon();
        await held.Runs.Reaches(1).Soon();
        var last = await client.EnqueueAsync(Work, "last", o => Live(o.After(Minute))).Soon();
        await RequireTaken(client);
        await client.RunNowAsync(last.Id).Soon();
        await RequireTaken(client);
        held.Release();
        await EndOf(first);
        await attempts.Reaches(1).Soon();
        await RequireTaken(client);
        held.Release();
        await Waits(last);
        Assert.Equal(JobState.Retrying, (await last.GetAsync().Soon()).State);
        await RequireTaken(client);
        await AdvanceUntil(Minute, attempts.Reaches(2));
        held.Release();
        Assert.Equal((JobState.Completed, "\"last\""), ((await EndOf(last)).State, TextOf(await last.GetAsync().Soon())));
        await RequireTaken(client, o => o.WithId(Reused));
        Assert.Equal(JobState.Completed, (await EndOf(await client.EnqueueAsync(Work, "next", Live).Soon())).State);
    }

    [Fact]
    public async Task Of_many_callers_at_once_one_has_each_life_of_a_live_id()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Work, held.RunAsync));
        for (var life = 1; life <= 4; life++)
        {
            var calls = await Task.WhenAll(Enumerable.Range(0, 30).Select(n => Task.Run(async () =>
            {
                try
                {
                    return await client.EnqueueAsync(Work, $"{n}", Live);
                }
                catch (DuplicateJobException)
                {
                    return null;
                }
            }))).Soon();
            var winner = Assert.Single(calls, call => call is not null)!;
            await held.Runs.Reaches(life).Soon();
            held.Release();
            Assert.Equal(JobState.Completed, (await EndOf(winner)).State);
        }

        Assert.Equal(4, held.Runs.Items.Count);
        Assert.Equal(new JobCounts { Completed = 1 }, await client.CountAsync().Soon());
    }

    [Fact]
    public async Task A_batch_with_live_ids_is_all_or_none()
    {
        var client = await StartClientAsync(b => b.Queue("elsewhere", q => q.Concurrency = 0).Handle(Work, (_, _) => Task.CompletedTask));
        NewJob Job(string text, string queue, string name, TimeSpan delay = default) =>
            NewJob.Of(Work, text, o => o.On(queue).After(delay).WithId(JobId.FromName(queue, name), JobIdScope.Live));
        async Task<string> TextAsync(string queue, string name) => TextOf(await client.GetAsync(JobId.FromName(queue, name)).Soon());

        foreach (var handle in await client.EnqueueBatchAsync([Job("old", "default", "a"), Job("old", "default", "b")]).Soon()) await EndOf(handle);
        await client.EnqueueBatchAsync([Job("old", "elsewhere", "c"), Job("waits", "elsewhere", "d")]).Soon();
        await client.CancelAsync(JobId.FromName("elsewhere", "c")).Soon();

        var taken = await Assert.ThrowsAsync<DuplicateJobException>(() => client.EnqueueBatchAsync(
            [Job("new", "default", "a"), NewJob.Of(Work, "fresh"), Job("new", "elsewhere", "c"), Job("new", "elsewhere", "d")]).Soon());
        Assert.Equal(JobId.FromName("elsewhere", "d"), taken.Id);
        var twice = await Assert.ThrowsAsync<DuplicateJobException>(
            () => client.EnqueueBatchAsync([Job("new", "default", "a"), Job("new", "default", "a")]).Soon());
        Assert.Equal(JobId.FromName("default", "a"), twice.Id);
        Assert.Equal(new JobCounts { Completed = 2, Cancelled = 1, Pending = 1 }, await client.CountAsync().Soon());
        Assert.Equal(["\"old\"", "\"old\""], [await TextAsync("default", "a"), await TextAsync("elsewhere", "c")]);

        var handles = await client.EnqueueBatchAsync(
        [
            Job("new", "default", "a"), NewJob.Of(Work, "fresh"), Job("new", "elsewhere", "c"), Job("new", "default", "b"), Job("new", "default", "e"),
        ]).Soon();
        Assert.All(handles, handle => Assert.False(handle.AlreadyExisted));
        foreach (var handle in handles.Where(h => h.Id != JobId.FromName("elsewhere", "c"))) await EndOf(handle);
        Assert.Equal(["\"new\"", "\"new\"", "\"new\""], [await TextAsync("default", "a"), await TextAsync("default", "b"), await TextAsync("elsewhere", "c")]);
        Assert.Equal(new JobCounts { Completed = 4, Pending = 2 }, await client.CountAsync().Soon());
    }

    [Fact]
    public async Task A_job_under_a_live_id_waits_for_the_cancelled_ones_handler()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Work, held.RunDeafAsync));
        var old = await client.EnqueueAsync(Work, "old", o => Live(o)).Soon();
        await held.Runs.Reaches(1).Soon();
        await old.CancelAsync().Soon();
        var next = await client.EnqueueAsync(Work, "next", Live).Soon();
        var other = await client.EnqueueAsync(Work, "other").Soon();
        await held.Runs.Reaches(2).Soon();
        Assert.Equal([old.Id, other.Id], held.Runs.Items.Select(run => run.Id));
        Assert.Equal(JobState.Pending, (await next.GetAsync().Soon()).State);
        held.Release(2);
        await held.Runs.Reaches(3).Soon();
        held.Release();
        Assert.Equal((JobState.Completed, "\"next\""), ((await EndOf(next)).State, TextOf(await next.GetAsync().Soon())));
        await EndOf(other);
    }

    [Fact]
    public async Task Each_run_under_a_live_id_has_its_own_result()
    {
        var client = await StartClientAsync(b => b.Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        for (var length = 1; length <= 5; length++)
            Assert.Equal(length, await client.RunAsync(Measure, new string('x', length), Live).Soon());
    }

    [Fact]
    public async Task A_job_under_a_live_id_whose_key_is_taken_is_the_one_that_has_the_key()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        await EndOf(await client.EnqueueAsync(Work, "old", Live).Soon());
        var holder = await client.EnqueueAsync(Work, "holder", o => o.After(Minute).UniqueKey = "k").Soon();
        var handles = await client.EnqueueBatchAsync(
            [NewJob.Of(Work, "new", o => o.WithId(Reused, JobIdScope.Live).UniqueKey = "k"), NewJob.Of(Work, "fresh", o => o.After(Minute))]).Soon();
        Assert.Equal((holder.Id, true, false), (handles[0].Id, handles[0].AlreadyExisted, handles[1].AlreadyExisted));
        Assert.Equal("\"old\"", TextOf(await client.GetAsync(Reused).Soon()));
        Assert.Equal(new JobCounts { Completed = 1, Scheduled = 2 }, await client.CountAsync().Soon());

        await holder.CancelAsync().Soon();
        var other = JobId.FromName("default", "other");
        await EndOf(await client.EnqueueAsync(Work, "old", o => o.WithId(other, JobIdScope.Live)).Soon());
        handles = await client.EnqueueBatchAsync(
        [
            NewJob.Of(Work, "new", o => o.After(Minute).WithId(Reused, JobIdScope.Live).UniqueKey = "k"),
            NewJob.Of(Work, "new", o => o.After(Minute).WithId(other, JobIdScope.Live).UniqueKey = "k"),
        ]).Soon();
        Assert.Equal([(Reused, false), (Reused, true)], handles.Select(handle => (handle.Id, handle.AlreadyExisted)));
    }
}
