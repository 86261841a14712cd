namespace Jobs.Conformance.Engines;

/// <summary>Everything a handler can say at the end (A8).</summary>
public abstract class OutcomeContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task A_job_that_reschedules_itself_gives_up_the_turn_of_its_group_even_if_it_is_due_at_once()
    {
        var order = new Recording<string>();
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 1).Handle(Work, (text, job) =>
        {
            order.Add(text);
            return Task.FromResult<JobOutcome>(text == "a" && order.Items.Count == 1 ? JobOutcome.RescheduleAfter(TimeSpan.Zero) : JobOutcome.Done());
        }));
        var jobs = await client.EnqueueBatchAsync([.. new[] { "a", "b" }.Select(text => NewJob.Of(Work, text, o => o.GroupKey = "g"))]).Soon();
        foreach (var job in jobs) Assert.Equal(JobState.Completed, (await EndOf(job)).State);
        Assert.Equal(["a", "b", "a"], order.Items);
    }

    [Fact]
    public async Task Done_completes_and_may_carry_a_result()
    {
        var client = await StartClientAsync(b => b
            .Handle(Work, (_, _) => Task.FromResult(JobOutcome.Done()))
            .Handle(Measure, (text, _) => Task.FromResult(JobOutcome.Done(text.Length))));
        Assert.Equal(JobState.Completed, (await EndOf(await client.EnqueueAsync(Work, "x").Soon())).State);
        Assert.Equal(3, await client.RunAsync(Measure, "abc").Soon());
    }

    [Fact]
    public async Task Retry_uses_an_attempt_and_the_delay_it_says()
    {
        var ran = new Recording<int>();
        var client = await StartClientAsync(b => b.Handle(Work, (_, job) =>
        {
            ran.Add(job.Attempt);
            return Task.FromResult(job.Attempt == 1 ? JobOutcome.Retry("busy", 5 * Second) : JobOutcome.Done());
        }));
        var handle = await client.EnqueueAsync(Work, "x").Soon();
        var start = Now;
        await Waits(handle);
        var done = await AdvanceUntil(5 * Second, EndOf(handle));
        Assert.Equal((JobState.Completed, 2, 1, start + (5 * Second)), (done.State, done.Attempt, done.Failures, done.RunAt));
        Assert.Equal(("Retry", "busy"), (done.LastError!.Type, done.LastError.Message));
    }

    [Fact]
    public async Task Retry_on_the_last_attempt_is_the_end()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.FromResult(JobOutcome.Retry("busy", TimeSpan.Zero))));
        var dead = await EndOf(await client.EnqueueAsync(Work, "x", o => o.MaxAttempts = 2).Soon());
        Assert.Equal((JobState.Dead, 2), (dead.State, dead.Failures));
    }

    [Fact]
    public async Task Reschedule_after_a_delay_uses_no_attempt()
    {
        var ran = new Recording<(int Attempt, int Delivery)>();
        var due = Now + Minute;
        JobHandle? handle = null;
        var client = await StartClientAsync(b => b.Handle(Work, (_, job) =>
        {
            ran.Add((job.Attempt, ran.Items.Count + 1));
            return Task.FromResult<JobOutcome>(ran.Items.Count == 1 ? JobOutcome.RescheduleAfter(Minute) : JobOutcome.Done());
        }));
        handle = await client.EnqueueAsync(Work, "x", o => o.MaxAttempts = 1).Soon();
        await Waits(handle);
        var done = await AdvanceUntil(Minute, EndOf(handle));
        Assert.Equal((JobState.Completed, due, 0, 2), (done.State, done.RunAt, done.Failures, done.Deliveries));
        Assert.Equal([(1, 1), (1, 2)], ran.Items);
        Assert.Empty(done.Errors);
    }

    [Fact]
    public async Task Reschedule_to_a_past_time_means_now()
    {
        var client = await StartClientAsync(b =>
        {
            var runs = 0;
            b.Handle(Work, (_, _) => Task.FromResult(++runs < 5 ? JobOutcome.RescheduleAt(Now - Minute) : JobOutcome.Done()));
        });
        var done = await EndOf(await client.EnqueueAsync(Work, "x").Soon());
        Assert.Equal((JobState.Completed, 5, 1), (done.State, done.Deliveries, done.Attempt));
    }

    [Fact]
    public async Task Reschedule_with_a_new_payload_runs_with_that_one()
    {
        var seen = new Recording<string>();
        var client = await StartClientAsync(b => b.Handle(Work, (text, _) =>
        {
            seen.Add(text);
            return Task.FromResult<JobOutcome>(text.Length < 3 ? JobOutcome.RescheduleAfter(TimeSpan.Zero).With(text + "x") : JobOutcome.Done());
        }));
        var done = await EndOf(await client.EnqueueAsync(Work, "x").Soon());
        Assert.Equal(["x", "xx", "xxx"], seen.Items);
        Assert.Equal("\"xxx\"", System.Text.Encoding.UTF8.GetString(done.Payload.Span));
    }

    [Fact]
    public async Task Reschedule_with_a_payload_of_another_type_fails_the_attempt()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.FromResult<JobOutcome>(JobOutcome.RescheduleAfter(Second).With(17))));
        var dead = await EndOf(await client.EnqueueAsync(Work, "x", o => o.MaxAttempts = 1).Soon());
        Assert.Equal((JobState.Dead, typeof(InvalidHandlerResultException).FullName), (dead.State, dead.LastError!.Type));
    }

    [Fact]
    public async Task Reschedule_by_cron_runs_at_the_next_occurrence()
    {
        var cron = CronExpression.Parse("0 30 * * * *");
        var next = cron.Next(Now, TimeZoneInfo.Utc)!.Value;
        var ran = new Recording<DateTimeOffset>();
        var rescheduled = new Recording<JobSnapshot>();
        var client = await StartClientAsync(b => b.AddObserver(new RescheduleObserver(rescheduled)).Handle(Work, (_, _) =>
        {
            ran.Add(Now);
            return Task.FromResult<JobOutcome>(ran.Items.Count == 1 ? JobOutcome.RescheduleBy(cron) : JobOutcome.Done());
        }));
        var handle = await client.EnqueueAsync(Work, "x").Soon();
        await rescheduled.Reaches(1).Soon();
        var done = await AdvanceUntil(next - Now, EndOf(handle));
        Assert.Equal((JobState.Completed, next), (done.State, done.RunAt));
    }

    [Fact]
    public async Task Discard_ends_without_an_error()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.FromResult(JobOutcome.Discard("too late"))));
        var ended = await EndOf(await client.EnqueueAsync(Work, "x").Soon());
        Assert.Equal((JobState.Discarded, "too late", 0), (ended.State, ended.Reason, ended.Errors.Count));
    }

    [Fact]
    public async Task DeadLetter_ends_at_once_whatever_attempts_are_left()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.FromResult(JobOutcome.DeadLetter("hopeless"))));
        var ended = await EndOf(await client.EnqueueAsync(Work, "x", o => o.MaxAttempts = 100).Soon());
        Assert.Equal((JobState.Dead, 1, "hopeless"), (ended.State, ended.Attempt, ended.LastError!.Message));
    }

    [Fact]
    public async Task A_timeout_fails_the_attempt_with_an_error_that_says_so()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Work, held.RunAsync));
        var handle = await client.EnqueueAsync(Work, "x", o =>
        {
            o.Timeout = Second;
            o.MaxAttempts = 1;
        }).Soon();
        var job = (await held.Runs.Reaches(1).Soon())[0];
        Assert.Equal(Now + Second, job.Deadline);
        var dead = await AdvanceUntil(Second, EndOf(handle));
        Assert.Equal((JobState.Dead, typeof(JobTimeoutException).FullName), (dead.State, dead.LastError!.Type));
        Assert.Contains("Raise JobOptions.Timeout", dead.LastError.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_timeout_that_the_handler_survives_does_not_count_against_it()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Work, held.RunDeafAsync));
        var handle = await client.EnqueueAsync(Work, "x", o => o.Timeout = Second).Soon();
        var job = (await held.Runs.Reaches(1).Soon())[0];
        var told = new Signal();
        job.Cancellation.Register(told.Set);
        await AdvanceUntil(Second, told.Task);
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(JobState.Running, (await handle.GetAsync().Soon()).State);
        held.Release();
        Assert.Equal((JobState.Completed, 1), ((await EndOf(handle)).State, held.Runs.Items.Count));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(10_000_000)]
    public async Task A_timeout_may_be_longer_than_any_timer(int days)
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, job) =>
        {
            Assert.True(job.Deadline > Now);
            return Task.CompletedTask;
        }));
        var done = await EndOf(await client.EnqueueAsync(Work, "x", o =>
        {
            o.Timeout = TimeSpan.FromDays(days);
            o.MaxAttempts = 1;
        }).Soon());
        Assert.Equal((JobState.Completed, null), (done.State, done.LastError?.Message));
    }

    [Fact]
    public async Task A_bad_cron_expression_is_a_dead_letter_where_the_handler_decides()
    {
        var task = TaskDefinition.Create<string>("by-cron", o => o.UsePreset(RetryPreset.HandlerDecides));
        var client = await StartClientAsync(b => b.Handle(task, (text, _) => Task.FromResult<JobOutcome>(JobOutcome.RescheduleBy(CronExpression.Parse(text)))));
        foreach (var bad in (string[])["61 * * * *", "0 0 30 2 *"])
        {
            var dead = await EndOf(await client.EnqueueAsync(task, bad).Soon());
            Assert.Equal((JobState.Dead, 1, typeof(CronFormatException).FullName), (dead.State, dead.Failures, dead.LastError!.Type));
            Assert.Contains(bad, dead.LastError.Message, StringComparison.Ordinal);
        }
    }

    private sealed class RescheduleObserver(Recording<JobSnapshot> rescheduled) : IJobObserver
    {
        public void Rescheduled(JobSnapshot job) => rescheduled.Add(job);
    }
}
