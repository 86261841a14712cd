namespace Jobs.Conformance.Engines;

/// <summary>Limits on how many jobs start in a time, over a time that the tests move.</summary>
public abstract class RunRateContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private readonly Recording<(string Text, DateTimeOffset At)> _starts = new();

    [Fact]
    public async Task After_a_burst_jobs_start_as_the_rate_says_and_no_sooner()
    {
        var client = await StartClientAsync(b => b.Queue("default", q => q.Partitions = 3).Handle(Work, NoteAsync)
            .Limit(new RunLimit("rate") { Rate = new RunRate(10, Second * 10) { Burst = 3 } }));
        var start = Now;
        var jobs = await client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 9).Select(n => $"{n}")]);
        await _starts.Reaches(3).Soon();
        for (var due = 4; due <= 9; due++)
        {
            await LooksAsync(client);
            Assert.Equal(due - 1, _starts.Items.Count);
            Clock.Advance(Second - TimeSpan.FromMilliseconds(1));
            await LooksAsync(client);
            Assert.Equal(due - 1, _starts.Items.Count);
            await AdvanceUntil(TimeSpan.FromMilliseconds(1), _starts.Reaches(due));
        }

        foreach (var job in jobs) await EndOf(job);
        Assert.Equal([0, 0, 0, 1, 2, 3, 4, 5, 6], _starts.Items.Select(s => (int)(s.At - start).TotalSeconds));
    }

    [Fact]
    public async Task Each_key_has_a_rate_of_its_own()
    {
        var client = await StartClientAsync(b => b.Handle(Work, NoteAsync)
            .Limit(new RunLimit("rate") { PerKey = true, Rate = new RunRate(1, Minute) }));
        foreach (var key in "aaab") await client.EnqueueAsync(Work, $"{key}", o => o.LimitKey = $"{key}");
        await client.EnqueueAsync(Work, "free");
        await client.EnqueueAsync(Work, "free");
        await _starts.Reaches(4).Soon();
        await LooksAsync(client);
        Assert.Equal(["a", "b", "free", "free"], _starts.Items.Select(s => s.Text).Order());
        await AdvanceUntil(Minute, _starts.Reaches(5));
        await AdvanceUntil(Minute, _starts.Reaches(6));
        Assert.Equal(["a", "a"], _starts.Items.Skip(4).Select(s => s.Text));
    }

    [Fact]
    public async Task Retries_and_what_becomes_due_need_tokens_too()
    {
        var fails = true;
        var client = await StartClientAsync(b => b.Handle(Work, async (string text, JobContext job) =>
        {
            await NoteAsync(text, job);
            if (text == "fails" && fails) throw new InvalidOperationException("It fails.");
        }).Limit(new RunLimit("rate") { Rate = new RunRate(1, Minute * 10) }));
        var failing = await client.EnqueueAsync(Work, "fails");
        await _starts.Reaches(1).Soon();
        await Waits(failing);
        fails = false;
        var later = await client.EnqueueAsync(Work, "later", o => o.After(Second));
        Clock.Advance(Minute * 9);
        await LooksAsync(client);
        Assert.Single(_starts.Items);
        await AdvanceUntil(Minute, _starts.Reaches(2));
        await AdvanceUntil(Minute * 10, _starts.Reaches(3));
        await EndOf(failing);
        await EndOf(later);
    }

    [Fact]
    public async Task A_rate_is_changed_while_jobs_wait_for_it()
    {
        var client = await StartClientAsync(b => b.Handle(Work, NoteAsync).Limit(new RunLimit("rate") { Rate = new RunRate(1, Minute * 60) }));
        await client.EnqueueManyAsync(Work, ["1", "2", "3", "4"]);
        await _starts.Reaches(1).Soon();
        await client.Limits.SetAsync(new RunLimit("rate") { Rate = new RunRate(1, Second) });
        await AdvanceUntil(Second, _starts.Reaches(2));
        await AdvanceUntil(Second, _starts.Reaches(3));
        await client.Limits.RemoveAsync("rate");
        await _starts.Reaches(4).Soon();
    }

    [Fact]
    public async Task A_restart_gives_no_second_burst()
    {
        if (!Capabilities.KeepsJobsOverRestart) Assert.Skip("Its engines share no storage.");
        var limit = new RunLimit("rate") { Rate = new RunRate(2, Minute) };
        var first = await StartAsync(b => b.Handle(Work, NoteAsync).Limit(limit));
        await first.Client.EnqueueManyAsync(Work, ["1", "2", "3", "4"]);
        await _starts.Reaches(2).Soon();
        await LooksAsync(first.Client);
        await first.StopAsync();
        Clock.Advance(Second);

        var client = await StartClientAsync(b => b.Handle(Work, NoteAsync).Limit(limit));
        await LooksAsync(client);
        Assert.Equal(2, _starts.Items.Count);
        await AdvanceUntil(Minute / 2, _starts.Reaches(3));
        await AdvanceUntil(Minute / 2, _starts.Reaches(4));
    }

    private Task NoteAsync(string text, JobContext job)
    {
        _starts.Add((text, Now));
        return Task.CompletedTask;
    }

    private static async Task LooksAsync(IJobClient client)
    {
        for (var look = 0; look < 2; look++) await client.CountAsync();
    }
}
