using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>In which order jobs run, and how many at a time (B1, B3, B5).</summary>
public abstract class OrderingContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly TaskDefinition<string> Blocker = TaskDefinition.Create<string>("blocker");

    [Fact]
    public async Task The_more_urgent_runs_first_and_equals_in_the_order_of_enqueueing()
    {
        var jobs = new (string Text, Priority Priority)[] { ("a0", 0), ("b5", 5), ("c-1", -1), ("d5", 5), ("e0", 0), ("f9", 9) };
        var order = await OrderOf(PollStrategy.PriorityFirst, [.. jobs.Select(j => NewJob.Of(Work, j.Text, o => o.Priority = j.Priority))]);
        Assert.Equal(["f9", "b5", "d5", "a0", "e0", "c-1"], order);
    }

    [Fact]
    public async Task Lower_numbers_can_be_the_more_urgent_ones()
    {
        var jobs = new[] { 3, 1, 2 }.Select(n => NewJob.Of(Work, $"{n}", o => o.Priority = Priority.LowerIsUrgent(n)));
        Assert.Equal(["1", "2", "3"], await OrderOf(PollStrategy.PriorityFirst, [.. jobs]));
    }

    [Fact]
    public async Task Run_at_first_runs_the_earliest_due_whatever_its_priority()
    {
        var jobs = new (string Text, int Seconds, Priority Priority)[] { ("late", 3, 9), ("early", 1, 0), ("middle", 2, 0), ("urgent", 2, 5) };
        var order = await OrderOf(
            PollStrategy.RunAtFirst, [.. jobs.Select(j => NewJob.Of(Work, j.Text, o => o.After(j.Seconds * Second).Priority = j.Priority))]);
        Assert.Equal(["early", "urgent", "middle", "late"], order);
    }

    [Fact]
    public async Task Fifo_runs_in_the_order_of_enqueueing_whatever_priority_and_time()
    {
        var jobs = new (string Text, int Seconds, Priority Priority)[] { ("first", 3, 0), ("second", 1, 9), ("third", 2, 5) };
        var order = await OrderOf(
            PollStrategy.Fifo, [.. jobs.Select(j => NewJob.Of(Work, j.Text, o => o.After(j.Seconds * Second).Priority = j.Priority))]);
        Assert.Equal(["first", "second", "third"], order);
    }

    [Fact]
    public async Task A_thousand_jobs_on_one_slot_run_in_order()
    {
        var texts = Enumerable.Range(0, 1000).Select(i => $"{i}").ToArray();
        Assert.Equal(texts, await OrderOf(PollStrategy.PriorityFirst, [.. texts.Select(t => NewJob.Of(Work, t))]));
    }

    [Fact]
    public async Task Order_holds_when_most_jobs_do_not_fit_into_memory()
    {
        var jobs = Enumerable.Range(0, 300).Select(i => (Text: $"{i}", Priority: i * 7 % 10)).ToArray();
        var order = await OrderOf(
            PollStrategy.PriorityFirst,
            [.. jobs.Select(j => NewJob.Of(Work, j.Text, o => o.Priority = j.Priority))],
            b => b.Window = new PartitionLimits { WindowReadyJobs = 10, WindowDueJobs = 10, WindowGroupJobs = 4 });
        Assert.Equal(jobs.OrderByDescending(j => j.Priority).Select(j => j.Text), order);
    }

    [Fact]
    public async Task A_group_runs_one_at_a_time_and_in_order()
    {
        var log = new Recording<string>();
        var now = 0;
        var client = await StartClientAsync(b => b.Handle(Work, async (text, _) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref now));
            await Task.Yield();
            log.Add(text);
            Interlocked.Decrement(ref now);
        }));
        var texts = Enumerable.Range(0, 200).Select(i => $"{i}").ToArray();
        var handles = await client.EnqueueBatchAsync(
            [.. texts.Select((t, i) => NewJob.Of(Work, t, o =>
            {
                o.GroupKey = "g";
                o.Priority = i % 3;
            }))]).Soon();
        foreach (var handle in handles) Assert.Equal(JobState.Completed, (await EndOf(handle)).State);
        Assert.Equal(texts, log.Items);
    }

    [Fact]
    public async Task A_failed_job_keeps_its_groups_turn_until_it_has_ended()
    {
        var log = new Recording<string>();
        var client = await StartClientAsync(b => b.Handle(Work, (text, job) =>
        {
            log.Add($"{text}{job.Attempt}");
            return text == "a" && job.Attempt < 3 ? throw new FormatException() : Task.CompletedTask;
        }));
        var handles = await client.EnqueueManyAsync(Work, ["a", "b"], o =>
        {
            o.GroupKey = "g";
            o.Backoff = RetryPolicy.None;
        }).Soon();
        foreach (var handle in handles) await EndOf(handle);
        Assert.Equal(["a1", "a2", "a3", "b1"], log.Items);
    }

    [Fact]
    public async Task Different_groups_run_in_parallel()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 10).Handle(Work, held.RunAsync));
        var handles = await client.EnqueueBatchAsync(
            [.. Enumerable.Range(0, 8).Select(i => NewJob.Of(Work, $"{i}", o => o.GroupKey = $"g{i % 4}"))]).Soon();
        var running = await held.Runs.Reaches(4).Soon();
        Assert.Equal([.. handles.Take(4).Select(h => h.Id)], running.Select(r => r.Id).ToHashSet());
        Assert.Equal((4, 4), await RunningAndPending(client));
        held.Release(8);
        foreach (var handle in handles) await EndOf(handle);
    }

    [Fact]
    public async Task No_more_than_the_concurrency_run_at_a_time()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 3).Handle(Work, held.RunAsync));
        var handles = await client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 10).Select(i => $"{i}")]).Soon();
        for (var done = 0; done < 10; done++)
        {
            await held.Runs.Reaches(Math.Min(10, done + 3)).Soon();
            Assert.Equal((Math.Min(3, 10 - done), Math.Max(0, 7 - done)), await RunningAndPending(client));
            held.Release();
            await held.Runs.Reaches(Math.Min(10, done + 4)).Soon();
            await CompletedReaches(client, handles, done + 1);
        }
    }

    [Fact]
    public async Task The_limit_of_one_task_does_not_starve_the_others()
    {
        var slow = TaskDefinition.Create<string>("slow", o =>
        {
            o.MaxConcurrency = 2;
            o.Priority = 100;
        });
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 4)
            .Handle(slow, held.RunAsync).Handle(Work, (_, _) => Task.CompletedTask));
        var slowOnes = await client.EnqueueManyAsync(slow, ["1", "2", "3", "4", "5"]).Soon();
        await held.Runs.Reaches(2).Soon();
        foreach (var fast in await client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 50).Select(i => $"{i}")]).Soon()) await EndOf(fast);
        Assert.Equal(2, held.Runs.Items.Count);
        held.Release(5);
        foreach (var handle in slowOnes) Assert.Equal(JobState.Completed, (await EndOf(handle)).State);
    }

    [Fact]
    public async Task The_limit_of_a_task_holds_over_all_queues_and_a_freed_slot_goes_to_whoever_waits()
    {
        if (!Capabilities.IsOneProcess) return;
        var limited = TaskDefinition.Create<string>("limited", o => o.MaxConcurrency = 1);
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(limited, held.RunAsync).Handle(Work, (_, _) => Task.CompletedTask));
        var first = await client.EnqueueAsync(limited, "first", o => o.On("a")).Soon();
        await held.Runs.Reaches(1).Soon();
        var second = await client.EnqueueAsync(limited, "second", o => o.On("b")).Soon();
        await client.RunAsync(Work, "marker", o => o.On("b")).Soon();
        Assert.Single(held.Runs.Items);
        held.Release(2);
        await EndOf(first);
        Assert.Equal(JobState.Completed, (await EndOf(second)).State);
    }

    [Fact]
    public async Task Queues_do_not_wait_for_each_other()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Queue("slow", q => q.Concurrency = 1)
            .Handle(Blocker, held.RunAsync).Handle(Work, (_, _) => Task.CompletedTask));
        var blocked = await client.EnqueueAsync(Blocker, "x", o => o.On("slow")).Soon();
        await held.Runs.Reaches(1).Soon();
        await client.RunAsync(Work, "x", o => o.On("fast")).Soon();
        Assert.Equal(JobState.Running, (await blocked.GetAsync().Soon()).State);
        held.Release();
        await EndOf(blocked);
    }

    [Fact]
    public async Task Several_partitions_share_one_queues_slots_and_lose_no_job()
    {
        var client = await StartClientAsync(b => b
            .Queue("default", q =>
            {
                q.Partitions = 4;
                q.Concurrency = 1;
            })
            .Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        var handles = await client.EnqueueManyAsync(Measure, [.. Enumerable.Range(0, 200).Select(i => new string('x', i))]).Soon();
        for (var i = 0; i < handles.Count; i++) Assert.Equal(i, await handles[i].ResultAsync().Soon());
        Assert.Equal(4, handles.Select(h => h.Id.Partition).Distinct().Count());
    }

    /// <summary>Enqueues jobs behind a blocker on a single slot, lets their times pass, and tells in which order they ran.</summary>
    private async Task<IEnumerable<string>> OrderOf(PollStrategy strategy, NewJob[] jobs, Action<JobsBuilder>? more = null)
    {
        var held = new HeldHandler();
        var ran = new Recording<string>();
        var client = await StartClientAsync(b =>
        {
            more?.Invoke(b);
            b.Queue("default", q =>
                {
                    q.Concurrency = 1;
                    q.Strategy = strategy;
                })
                .Handle(Blocker, held.RunAsync)
                .Handle(Work, (text, _) =>
                {
                    ran.Add(text);
                    return Task.CompletedTask;
                });
        });
        await client.EnqueueAsync(Blocker, "x").Soon();
        await held.Runs.Reaches(1).Soon();
        var handles = await client.EnqueueBatchAsync(jobs).Soon();
        Clock.Advance(Minute);
        held.Release();
        foreach (var handle in handles) await EndOf(handle);
        return ran.Items;
    }

    private static async Task<(long Running, long Pending)> RunningAndPending(IJobClient client)
    {
        var counts = await client.CountAsync().Soon();
        return (counts.Running, counts.Pending);
    }

    private static async Task CompletedReaches(IJobClient client, IReadOnlyList<JobHandle> handles, int count)
    {
        var waiting = handles.Select(h => h.WaitAsync().AsTask()).ToList();
        for (var done = 0; done < count; done++) waiting.Remove(await Task.WhenAny(waiting).Soon());
        Assert.Equal(count, (await client.CountAsync().Soon()).Completed);
    }
}
