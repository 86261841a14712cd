using System.Collections.Concurrent;

namespace Jobs.Conformance.Engines;

/// <summary>Limits on what runs: how many at once, by task, queue and key, whatever partitions the jobs are in.</summary>
public abstract class RunLimitContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private readonly HeldHandler _handler = new();

    [Fact]
    public async Task No_more_run_than_the_limit_says_however_many_partitions_there_are()
    {
        var gauge = new Gauge();
        var client = await StartClientAsync(b => b.Queue("many", q => q.Partitions = 5).Handle(Work, gauge.RunAsync)
            .Limit(new RunLimit("three") { Task = Work.Name, MaxRunning = 3 }));
        var jobs = await client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 200).Select(n => $"{n}")], o => o.On("many"));
        foreach (var job in jobs) await EndOf(job);
        Assert.Equal(200, gauge.Runs);
        Assert.InRange(gauge.Most, 1, 3);
    }

    [Fact]
    public async Task A_queue_has_its_limit_whatever_tasks_its_jobs_are_of()
    {
        var client = await StartClientAsync(b => b.Queue("mail", q => q.Partitions = 2).Handle(Work, _handler.RunAsync).Handle(Other, _handler.RunAsync)
            .Handle(Measure, (_, _) => Task.FromResult(1))
            .Limit(new RunLimit("mail") { Queue = "mail", MaxRunning = 2 }));
        var jobs = new List<JobHandle>();
        for (var i = 0; i < 6; i++) jobs.Add(await client.EnqueueAsync(i % 2 == 0 ? Work : Other, $"{i}", o => o.On("mail")));
        await _handler.Runs.Reaches(2).Soon();
        await EndOf(await client.EnqueueAsync(Measure, "elsewhere"));
        await LooksAsync(client);
        Assert.Equal(2, _handler.Runs.Items.Count);
        _handler.Release(6);
        foreach (var job in jobs) Assert.Equal(JobState.Completed, (await EndOf(job)).State);
    }

    [Fact]
    public async Task A_slow_task_that_is_limited_does_not_hold_up_the_others()
    {
        var client = await StartClientAsync(b => b.Handle(Work, _handler.RunAsync).Handle(Other, (_, _) => Task.CompletedTask)
            .Limit(new RunLimit("slow") { Task = Work.Name, MaxRunning = 1 }));
        var slow = await client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 60).Select(n => $"{n}")], o => o.WithPriority(9));
        await _handler.Runs.Reaches(1).Soon();
        foreach (var job in await client.EnqueueManyAsync(Other, [.. Enumerable.Range(0, 60).Select(n => $"{n}")])) await EndOf(job);
        Assert.Single(_handler.Runs.Items);
        _handler.Release(60);
        foreach (var job in slow) await EndOf(job);
    }

    [Fact]
    public async Task Each_key_has_its_own_room_and_its_own_order_also_far_behind_the_jobs_of_another_one()
    {
        // A window so small that the jobs of the first key fill it many times.
        var ended = new ConcurrentDictionary<string, ConcurrentQueue<string>>();
        var client = await StartClientAsync(b =>
        {
            b.Window = b.Window with { WindowReadyJobs = 8, WindowLimitedJobs = 4 };
            b.Handle(Work, async (string text, JobContext job) =>
            {
                if (text == "a 0") await _handler.RunAsync(text, job);
                ended.GetOrAdd(text[..1], _ => new()).Enqueue(text);
            }).Limit(new RunLimit("tenants") { PerKey = true, MaxRunning = 1 });
        });
        var first = await client.EnqueueAsync(Work, "a 0", o => o.LimitKey = "tenant \"a\"");
        await _handler.Runs.Reaches(1).Soon();
        var held = await client.EnqueueManyAsync(Work, [.. Enumerable.Range(1, 100).Select(n => $"a {n}")], o => o.LimitKey = "tenant \"a\"");
        var others = new List<JobHandle>();
        foreach (var key in (string[])["b", "c"])
            others.AddRange(await client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 20).Select(n => $"{key} {n}")], o => o.LimitKey = key));
        others.AddRange(await client.EnqueueManyAsync(Work, ["free", "free"]));
        foreach (var job in others) await EndOf(job);
        Assert.False(ended.ContainsKey("a"));
        var waiting = await held[99].GetAsync();
        Assert.Equal((JobState.Pending, "tenant \"a\"", "tenants"), (waiting.State, waiting.LimitKey, waiting.WaitsForLimit));

        _handler.Release();
        await EndOf(first);
        foreach (var job in held) await EndOf(job);
        Assert.Equal(Enumerable.Range(0, 101).Select(n => $"a {n}"), ended["a"]);
        Assert.Equal(Enumerable.Range(0, 20).Select(n => $"b {n}"), ended["b"]);
        Assert.Equal(Enumerable.Range(0, 20).Select(n => $"c {n}"), ended["c"]);
    }

    [Fact]
    public async Task A_more_urgent_job_of_a_key_that_waits_comes_first()
    {
        var client = await StartClientAsync(b => b.Handle(Work, _handler.RunAsync).Limit(new RunLimit("tenants") { PerKey = true, MaxRunning = 1 }));
        var jobs = new List<JobHandle>();
        foreach (var (text, priority) in ((string, int)[])[("first", 0), ("low", 1), ("high", 5), ("middle", 3)])
        {
            jobs.Add(await client.EnqueueAsync(Work, text, o => (o.LimitKey, o.Priority) = ("a", priority)));
            await _handler.Runs.Reaches(1).Soon();
        }

        for (var run = 1; run <= 4; run++)
        {
            _handler.Release();
            await _handler.Runs.Reaches(Math.Min(4, run + 1)).Soon();
        }

        foreach (var job in jobs) await EndOf(job);
        Assert.Equal([jobs[0].Id, jobs[2].Id, jobs[3].Id, jobs[1].Id], _handler.Runs.Items.Select(run => run.Id));
    }

    [Fact]
    public async Task However_an_attempt_ends_its_room_is_free_again()
    {
        var client = await StartClientAsync(b => b.Handle(Work, async (string text, JobContext job) =>
        {
            await _handler.RunAsync(text, job);
            if (text == "fails") throw new InvalidOperationException("It fails.");
            return text == "later" ? JobOutcome.RescheduleAfter(Minute) : text == "gone" ? JobOutcome.Discard("enough") : JobOutcome.Done();
        }).Limit(new RunLimit("one") { Task = Work.Name, MaxRunning = 1 }));
        var runs = 0;
        foreach (var text in (string[])["fails", "later", "gone", "cancelled", "done"])
        {
            var job = await client.EnqueueAsync(Work, text);
            await _handler.Runs.Reaches(++runs).Soon();
            if (text == "cancelled") await job.CancelAsync();
            else _handler.Release();
        }

        // Both came back, and now wait for their time.
        _handler.Release(2);
        await AdvanceUntil(Minute, _handler.Runs.Reaches(7));
    }

    [Fact]
    public async Task A_cancelled_job_keeps_its_room_until_its_handler_returns()
    {
        var client = await StartClientAsync(b => b.Handle(Work, _handler.RunDeafAsync).Limit(new RunLimit("one") { Task = Work.Name, MaxRunning = 1 }));
        var first = await client.EnqueueAsync(Work, "first");
        await _handler.Runs.Reaches(1).Soon();
        await first.CancelAsync();
        var second = await client.EnqueueAsync(Work, "second");
        await LooksAsync(client);
        Assert.Equal(JobState.Pending, (await second.GetAsync()).State);
        _handler.Release();
        await _handler.Runs.Reaches(2).Soon();
        _handler.Release();
        await EndOf(second);
    }

    [Fact]
    public async Task A_job_needs_room_in_every_limit_that_holds_for_it()
    {
        var client = await StartClientAsync(b => b.Handle(Work, _handler.RunAsync)
            .Limit(new RunLimit("all") { MaxRunning = 3 }).Limit(new RunLimit("tenants") { Task = Work.Name, PerKey = true, MaxRunning = 2 }));
        var jobs = new List<JobHandle>();
        foreach (var key in "aaaabbbb") jobs.Add(await client.EnqueueAsync(Work, $"{key}", o => o.LimitKey = $"{key}"));
        await _handler.Runs.Reaches(3).Soon();
        await LooksAsync(client);
        Assert.Equal(3, _handler.Runs.Items.Count);
        _handler.Release(8);
        foreach (var job in jobs) Assert.Equal(JobState.Completed, (await EndOf(job)).State);
    }

    /// <summary>Looks that pass through the partitions: what may be handed out is handed out before the second one is answered.</summary>
    private protected static async Task LooksAsync(IJobClient client)
    {
        for (var look = 0; look < 2; look++) await client.CountAsync();
    }

    /// <summary>A handler that counts how many run, in whatever process of the test.</summary>
    private sealed class Gauge
    {
        private int _running;
        private int _most;
        private int _runs;

        internal int Most => _most;

        internal int Runs => _runs;

        internal async Task RunAsync(string payload, JobContext job)
        {
            var running = Interlocked.Increment(ref _running);
            for (var most = _most; running > most; most = _most) Interlocked.CompareExchange(ref _most, running, most);
            await Task.Yield();
            Interlocked.Increment(ref _runs);
            Interlocked.Decrement(ref _running);
        }
    }
}
