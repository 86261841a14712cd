namespace Jobs.Conformance.Engines;

/// <summary>What a failure leads to (A10, C03–C05, C07).</summary>
public abstract class RetryContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly TaskDefinition<string> Picky = TaskDefinition.Create<string>("picky", o => o.RetryWhen = e => e is FormatException);

    [Fact]
    public async Task Attempts_include_the_first_and_wait_for_the_backoff()
    {
        var attempts = new Recording<(int Attempt, DateTimeOffset At, string? LastError)>();
        var retries = new Recording<JobSnapshot>();
        var client = await StartClientAsync(b => b.AddObserver(new RetryObserver(retries)).Handle(Work, (_, job) =>
        {
            attempts.Add((job.Attempt, Now, job.LastError?.Message));
            throw new FormatException($"no {job.Attempt}");
        }));
        var start = Now;
        var handle = await client.EnqueueAsync(Work, "x", o => o.MaxAttempts = 3).Soon();
        var waiting = (await retries.Reaches(1).Soon())[0];
        Assert.Equal((JobState.Retrying, start + Minute, 1, 2), (waiting.State, waiting.RunAt, waiting.Failures, waiting.Attempt));
        await AdvanceUntil(Minute, retries.Reaches(2));
        var dead = await AdvanceUntil(Minute, EndOf(handle));

        Assert.Equal((JobState.Dead, 3, 3), (dead.State, dead.Failures, dead.Attempt));
        Assert.Equal([1, 2, 3], attempts.Items.Select(a => a.Attempt));
        Assert.Equal([null, "no 1", "no 2"], attempts.Items.Select(a => a.LastError));
        Assert.True(attempts.Items[1].At >= start + Minute && attempts.Items[2].At >= start + Minute + Minute);
        Assert.Equal(["no 1", "no 2", "no 3"], dead.Errors.Select(e => e.Message));
        Assert.Equal([1, 2, 3], dead.Errors.Select(e => e.Attempt));
    }

    [Fact]
    public async Task Exponential_backoff_doubles_up_to_its_cap()
    {
        var retries = new Recording<JobSnapshot>();
        var client = await StartClientAsync(b => b.AddObserver(new RetryObserver(retries)).Handle(Work, (_, _) => throw new FormatException()));
        await client.EnqueueAsync(Work, "x", o => o.Backoff = RetryPolicy.Exponential(Second, cap: 3 * Second)).Soon();
        var first = (await retries.Reaches(1).Soon())[0];
        Assert.Equal(Second, first.RunAt - first.StartedAt);
        for (var n = 2; n <= 4; n++)
        {
            // The time may have moved on to the timer of the next attempt by now, so the delay is that from the attempt's own start.
            var wait = retries.Items[n - 2].RunAt - Now;
            var next = await AdvanceUntil(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, retries.Reaches(n));
            Assert.Equal(n == 2 ? 2 * Second : 3 * Second, next[n - 1].RunAt - next[n - 1].StartedAt);
        }
    }

    [Fact]
    public async Task A_custom_backoff_sees_the_failures_and_the_error()
    {
        var asked = new Recording<(int, string?)>();
        var task = TaskDefinition.Create<string>("custom", o => o.Backoff = RetryPolicy.Custom((failures, error) =>
        {
            asked.Add((failures, error?.Message));
            return TimeSpan.Zero;
        }));
        var client = await StartClientAsync(b => b.Handle(task, (_, job) =>
            job.Attempt < 3 ? throw new FormatException($"no {job.Attempt}") : Task.CompletedTask));
        await client.RunAsync(task, "x").Soon();
        Assert.Equal([(1, "no 1"), (2, "no 2")], asked.Items);
    }

    [Fact]
    public async Task A_custom_backoff_that_throws_falls_back_to_the_default()
    {
        var retries = new Recording<JobSnapshot>();
        var task = TaskDefinition.Create<string>("custom", o => o.Backoff = RetryPolicy.Custom((_, _) => throw new InvalidOperationException("bad policy")));
        var client = await StartClientAsync(b => b.AddObserver(new RetryObserver(retries)).Handle(task, (_, _) => throw new FormatException("cause")));
        await client.EnqueueAsync(task, "x").Soon();
        var waiting = (await retries.Reaches(1).Soon())[0];
        Assert.Equal("cause", waiting.LastError!.Message);
        Assert.InRange(waiting.RunAt - Now, 4 * Second, 6 * Second);
    }

    [Fact]
    public async Task One_attempt_means_no_retry_and_less_than_one_means_one()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => throw new FormatException()));
        foreach (var attempts in (int[])[1, 0, -5])
        {
            var dead = await EndOf(await client.EnqueueAsync(Work, "x", o => o.MaxAttempts = attempts).Soon());
            Assert.Equal((JobState.Dead, 1, 1), (dead.State, dead.Failures, dead.MaxAttempts));
        }
    }

    [Fact]
    public async Task RetryWhen_decides_which_errors_are_worth_another_attempt()
    {
        var client = await StartClientAsync(b => b.Handle(Picky, (text, _) => text == "yes" ? throw new FormatException() : throw new NotSupportedException()));
        var dead = await EndOf(await client.EnqueueAsync(Picky, "no", o => o.Backoff = RetryPolicy.None).Soon());
        Assert.Equal((JobState.Dead, 1), (dead.State, dead.Failures));
        var tried = await EndOf(await client.EnqueueAsync(Picky, "yes", o =>
        {
            o.Backoff = RetryPolicy.None;
            o.MaxAttempts = 4;
        }).Soon());
        Assert.Equal((JobState.Dead, 4), (tried.State, tried.Failures));
    }

    [Fact]
    public async Task RetryWhen_that_throws_counts_as_yes_and_is_recorded()
    {
        var task = TaskDefinition.Create<string>("odd", o => o.RetryWhen = _ => throw new InvalidOperationException("bad predicate"));
        var client = await StartClientAsync(b => b.Handle(task, (_, job) => job.Attempt == 1 ? throw new FormatException("cause") : Task.CompletedTask));
        var done = await EndOf(await client.EnqueueAsync(task, "x", o => o.Backoff = RetryPolicy.None).Soon());
        Assert.Equal(JobState.Completed, done.State);
        Assert.Contains("bad predicate", done.LastError!.Message, StringComparison.Ordinal);
        Assert.Contains("cause", done.LastError.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dead_letter_policy_is_for_thrown_errors_and_not_for_returned_ones()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (text, job) => text == "throw"
            ? throw new FormatException()
            : Task.FromResult(job.Attempt < 3 ? JobOutcome.Retry("not yet", TimeSpan.Zero) : JobOutcome.Done())));
        var thrown = await EndOf(await client.EnqueueAsync(Work, "throw", o => o.OnException = ExceptionPolicy.DeadLetter).Soon());
        Assert.Equal((JobState.Dead, 1), (thrown.State, thrown.Failures));
        var returned = await EndOf(await client.EnqueueAsync(Work, "return", o => o.OnException = ExceptionPolicy.DeadLetter).Soon());
        Assert.Equal((JobState.Completed, 3, 2), (returned.State, returned.Attempt, returned.Failures));
    }

    [Fact]
    public async Task Exhausted_attempts_can_discard_the_job()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => throw new FormatException("cause")));
        var ended = await EndOf(await client.EnqueueAsync(Work, "x", o => o.UsePreset(RetryPreset.Once with { OnExhausted = ExhaustedAction.Discard })).Soon());
        Assert.Equal((JobState.Discarded, "cause"), (ended.State, ended.LastError!.Message));
    }

    [Theory]
    [InlineData(ExhaustedAction.DeadLetter)]
    [InlineData(ExhaustedAction.Discard)]
    public async Task OnExhausted_is_called_once_with_the_last_error(ExhaustedAction action)
    {
        var exhausted = new Recording<JobSnapshot>();
        var engine = await StartAsync(b => b
            .OnExhausted(Work, job =>
            {
                exhausted.Add(job);
                throw new InvalidOperationException("a callback that throws changes nothing");
            })
            .Handle(Work, (text, job) => text == "bad" ? throw new FormatException($"no {job.Attempt}") : Task.CompletedTask));
        await engine.Client.RunAsync(Work, "good").Soon();
        var handle = await engine.Client.EnqueueAsync(Work, "bad", o =>
        {
            o.MaxAttempts = 3;
            o.Backoff = RetryPolicy.None;
            o.OnExhausted = action;
        }).Soon();
        await EndOf(handle);
        var job = (await exhausted.Reaches(1).Soon())[0];
        Assert.Equal((handle.Id, "no 3", 3), (job.Id, job.LastError!.Message, job.Failures));
        await engine.StopAsync().Soon();
        Assert.Single(exhausted.Items);
    }

    [Fact]
    public async Task OnExhausted_hears_of_a_dead_lettered_job_too_and_not_of_a_discarded_one()
    {
        var exhausted = new Recording<JobSnapshot>();
        var engine = await StartAsync(b => b
            .OnExhausted(Work, job =>
            {
                exhausted.Add(job);
                return Task.CompletedTask;
            })
            .Handle(Work, (text, _) => Task.FromResult(text == "bury" ? JobOutcome.DeadLetter("buried") : JobOutcome.Discard("dropped"))));
        await EndOf(await engine.Client.EnqueueAsync(Work, "drop").Soon());
        var buried = await EndOf(await engine.Client.EnqueueAsync(Work, "bury").Soon());
        await exhausted.Reaches(1).Soon();
        await engine.StopAsync().Soon();
        Assert.Equal(buried.Id, Assert.Single(exhausted.Items).Id);
    }

    [Fact]
    public async Task Options_of_the_task_are_copied_when_the_job_is_enqueued()
    {
        var client = await StartClientAsync(b => b.Handle(Picky, (_, _) => Task.CompletedTask));
        var job = await (await client.EnqueueAsync(Picky, "x", o => o.After(Minute)).Soon()).GetAsync().Soon();
        Assert.Equal(JobOptions.DefaultMaxAttempts, job.MaxAttempts);
        var other = await (await client.EnqueueAsync(Picky, "x", o =>
        {
            o.After(Minute);
            o.UsePreset(RetryPreset.Tasks);
        }).Soon()).GetAsync().Soon();
        Assert.Equal(3, other.MaxAttempts);
    }

    private sealed class RetryObserver(Recording<JobSnapshot> retries) : IJobObserver
    {
        public void WillRetry(JobSnapshot job, JobError error) => retries.Add(job);
    }
}
