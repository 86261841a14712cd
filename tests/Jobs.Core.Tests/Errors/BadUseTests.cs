using Jobs.Conformance;

namespace Jobs.Core.Tests.Errors;

/// <summary>One test for each way of using the service wrongly: the error's type, its data, and the remedy in its message.</summary>
public sealed class BadUseTests : IAsyncDisposable
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");
    private static readonly TaskDefinition<string> Unknown = TaskDefinition.Create<string>("unknown");
    private static readonly TaskDefinition<Unencodable> Odd = TaskDefinition.Create<Unencodable>("odd");
    private static readonly ResultTask<string, int> Measure = ResultTask.Create<string, int>("measure");

    private readonly List<EmbeddedEngine> _engines = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines) await engine.DisposeAsync();
    }

    [Fact, Provokes(typeof(TaskNotRegisteredException))]
    public async Task An_unknown_task()
    {
        var client = await StartAsync();
        var error = await Refusal.Of<TaskNotRegisteredException>(() => client.EnqueueAsync(Unknown, "x").AsTask(), "Register one with Handle(...)");
        Assert.Equal("unknown", error.Task);
        Assert.Equal(["measure", "odd", "work"], error.Known.Order());
    }

    [Fact, Provokes(typeof(TaskNotBoundException))]
    public async Task A_task_used_before_its_service_runs()
    {
        var task = TaskDefinition.Create<string>("early");
        var error = await Refusal.Of<TaskNotBoundException>(() => task.EnqueueAsync("x").AsTask(), "Call BindTasks()");
        Assert.Equal("early", error.Task);
    }

    [Fact, Provokes(typeof(ServiceStoppedException))]
    public async Task A_service_that_is_not_started()
    {
        await using var engine = EmbeddedJobs.Create(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var error = await Refusal.Of<ServiceStoppedException>(() => engine.Client.EnqueueAsync(Work, "x").AsTask(), "Start it first");
        Assert.Equal("enqueue jobs", error.Action);
    }

    [Fact, Provokes(typeof(DuplicateTaskException))]
    public void A_name_that_two_tasks_claim()
    {
        var twin = TaskDefinition.Create<int>("work");
        var error = Refusal.Of<DuplicateTaskException>(
            () => EmbeddedJobs.Create(b => b.Handle(Work, (_, _) => Task.CompletedTask).Handle(twin, (_, _) => Task.CompletedTask)),
            "Give one of the two another name");
        Assert.Equal("work", error.Task);
    }

    [Fact, Provokes(typeof(PayloadEncodingException))]
    public async Task A_payload_that_cannot_be_encoded()
    {
        var client = await StartAsync();
        var error = await Refusal.Of<PayloadEncodingException>(() => client.EnqueueAsync(Odd, new Unencodable(1)).AsTask(), "Make the type serializable");
        Assert.Equal(("odd", typeof(Unencodable), null), (error.Task, error.Type, error.Index));
        error = await Refusal.Of<PayloadEncodingException>(
            () => client.EnqueueBatchAsync([NewJob.Of(Work, "x"), NewJob.Of(Odd, new Unencodable(1))]).AsTask(), "number 1 of the batch, from 0");
        Assert.Equal(1, error.Index);
        Assert.Equal(0, (await client.CountAsync()).Unfinished);
    }

    [Fact, Provokes(typeof(PayloadDecodingException))]
    public async Task A_payload_that_cannot_be_decoded()
    {
        var client = await StartAsync();
        var job = await client.EnqueueAsync(TaskDefinition.Create<int>("work"), 17, o =>
        {
            o.MaxAttempts = 2;
            o.Backoff = RetryPolicy.None;
        });
        var dead = await job.WaitAsync().Soon();
        Assert.Equal((JobState.Dead, 2), (dead.State, dead.Failures));
        Assert.Equal(typeof(PayloadDecodingException).FullName, dead.LastError!.Type);
        Assert.Contains("give the changed task a new name", dead.LastError.Message, StringComparison.Ordinal);
    }

    [Fact, Provokes(typeof(PayloadDecodingException))]
    public async Task A_result_that_cannot_be_read_as_what_is_wanted()
    {
        var client = await StartAsync();
        var other = ResultTask.Create<string, DateTime>("measure");
        var error = await Refusal.Of<PayloadDecodingException>(() => client.RunAsync(other, "x").AsTask(), "Keep the type able to read");
        Assert.Equal(("measure", typeof(DateTime)), (error.Task, error.Type));
        error = await Refusal.Of<PayloadDecodingException>(() => client.RunAsync(ResultTask.Create<string, int>("work"), "x").AsTask(), "they hold null");
        Assert.Equal("work", error.Task);
    }

    [Fact, Provokes(typeof(LimitExceededException))]
    public async Task A_payload_that_is_too_large()
    {
        var client = await StartAsync();
        var error = await Refusal.Of<LimitExceededException>(
            () => client.EnqueueAsync(Work, new string('x', 256 * 1024)).AsTask(), "raise JobLimits.MaxPayloadBytes");
        Assert.Equal(("MaxPayloadBytes", (256 * 1024) + 2, 256 * 1024), (error.Limit, error.Actual, error.Allowed));
    }

    [Fact, Provokes(typeof(PayloadEncodingException))]
    public async Task Null()
    {
        var client = await StartAsync();
        var error = await Refusal.Of<PayloadEncodingException>(() => client.EnqueueAsync(Work, null!).AsTask(), "cannot be encoded");
        Assert.IsType<ArgumentNullException>(error.InnerException);
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.EnqueueAsync((TaskDefinition<string>)null!, "x").AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.EnqueueManyAsync(Work, null!).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.EnqueueBatchAsync(null!).AsTask());
        await Refusal.Of<ArgumentException>(() => client.EnqueueBatchAsync([NewJob.Of(Work, "x"), null!]).AsTask(), "number 1 of the batch");
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.EnqueueAsync([new EncodedJob(null!, default, null)]).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.ApplyAsync(default(JobId), null!).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.ListAsync(null!).AsTask());
        Assert.Throws<ArgumentNullException>(() => NewJob.Of<string>(null!, "x"));
        Assert.Throws<ArgumentNullException>(() => EmbeddedJobs.Create(b => b.Handle(Work, (Func<string, JobContext, Task>)null!)));
        Assert.Throws<ArgumentNullException>(() => EmbeddedJobs.Create(null!));
    }

    [Fact, Provokes(typeof(InvalidJobOptionException))]
    public async Task A_negative_delay()
    {
        var client = await StartAsync();
        var negative = TimeSpan.FromSeconds(-1);
        var error = await Refusal.Of<InvalidJobOptionException>(
            () => client.EnqueueAsync(Work, "x", o => o.After(negative)).AsTask(), "use zero or a positive time");
        Assert.Equal(("Delay", (object)negative), (error.Option, error.Value));
        await Refusal.Of<InvalidJobOptionException>(() => client.EnqueueAsync(Work, "x", o => o.Delay = negative).AsTask(), "use zero or a positive time");
        Refusal.Of<InvalidJobOptionException>(() => JobOutcome.Retry("x", negative), "use zero or a positive time");
        Refusal.Of<InvalidJobOptionException>(() => JobOutcome.RescheduleAfter(negative), "use zero or a positive time");
        Refusal.Of<InvalidJobOptionException>(() => RetryPolicy.Constant(negative), "use zero or a positive time");
    }

    public static TheoryData<string, Action<EnqueueOptions>> BadOptions => new()
    {
        { "Timeout", o => o.Timeout = TimeSpan.Zero },
        { "Retention", o => o.Retention = RetentionPolicy.For(TimeSpan.FromSeconds(-1)) },
        { "Backoff", o => o.Backoff = RetryPolicy.Custom((_, _) => TimeSpan.Zero) },
        { "UniqueKey", o => o.UniqueKey = "" },
        { "GroupKey", o => o.GroupKey = "" },
        { "RequestId", o => o.RequestId = "" },
        { "Headers", o => o.Headers[""] = "x" },
        { "Headers", o => o.Headers["x"] = null! },
        { "Delay", o => o.At(DateTimeOffset.MaxValue).After(TimeSpan.Zero) },
        { "Id", o => o.Id = default(JobId) },
    };

    [Theory, Provokes(typeof(InvalidJobOptionException))]
    [MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public async Task An_option_that_makes_no_sense(string option, Action<EnqueueOptions> configure)
    {
        var client = await StartAsync();
        var error = await Assert.ThrowsAsync<InvalidJobOptionException>(() => client.EnqueueAsync(Work, "x", configure).AsTask());
        Assert.Equal(option, error.Option);
        Assert.Matches("use |say |set |make |give ", error.Message);
        Assert.Equal(0, (await client.CountAsync()).Unfinished);
    }

    public static TheoryData<string, Action<JobsBuilder>> BadSettings => new()
    {
        { "Partitions", b => b.Queue("q", q => q.Partitions = 0) },
        { "Partitions", b => b.Queue("q", q => q.Partitions = 257) },
        { "Concurrency", b => b.Queue("q", q => q.Concurrency = -1) },
        { "CapacityJobs", b => b.Queue("q", q => q.CapacityJobs = 0) },
        { "WaitForRoom", b => b.Queue("q", q => q.WaitForRoom = TimeSpan.FromSeconds(-1)) },
        { "History.Dead.MaxRecords", b => b.Queue("q", q => q.History = new HistoryLimits { Dead = new HistoryLimit(MaxRecords: -1) }) },
        { "History.Dead.MaxBytes", b => b.Queue("q", q => q.History = new HistoryLimits { Dead = new HistoryLimit(MaxBytes: 0) }) },
        { "History.Dead.MaxPayloadAge", b => b.Queue("q", q => q.History = new HistoryLimits { Dead = new(MaxPayloadAge: -TimeSpan.FromDays(1)) }) },
        { "History.Completed.MaxAge", b => b.Queue("q", q => q.History = new HistoryLimits { Completed = new HistoryLimit(MaxAge: -TimeSpan.FromDays(1)) }) },
        { "History", b => b.Queue("q", q => q.History = null!) },
        { "DrainTime", b => b.DrainTime = TimeSpan.FromSeconds(-1) },
        { "GatherTime", b => b.Commits = new CommitLimits { GatherTime = TimeSpan.FromTicks(-1) } },
        { "StopTime", b => b.StopTime = TimeSpan.FromSeconds(-1) },
    };

    [Theory, Provokes(typeof(InvalidJobOptionException))]
    [MemberData(nameof(BadSettings), DisableDiscoveryEnumeration = true)]
    public void A_setting_that_makes_no_sense(string option, Action<JobsBuilder> configure)
    {
        var error = Refusal.Of<InvalidJobOptionException>(() => EmbeddedJobs.Create(configure), "use ");
        Assert.Equal(option, error.Option);
    }

    [Fact, Provokes(typeof(JobNotFoundException))]
    public async Task An_unknown_id()
    {
        var client = await StartAsync();
        var id = JobId.FromName("default", "nobody");
        foreach (var act in (Func<Task>[])[() => client.CancelAsync(id).AsTask(), () => client.WaitAsync(id).AsTask(), () => client.GetAsync(id).AsTask()])
            Assert.Equal(id, (await Refusal.Of<JobNotFoundException>(act, "Check the id")).Id);
        Refusal.Of<FormatException>(() => JobId.Parse("17"), "A job id looks like");
    }

    [Fact, Provokes(typeof(WrongJobStateException))]
    public async Task A_wrong_state()
    {
        var client = await StartAsync();
        var done = await EndOf(client, Work, "x");
        var error = await Refusal.Of<WrongJobStateException>(() => client.RunNowAsync(done.Id).AsTask(), "Read its state with FindAsync");
        Assert.Equal((done.Id, JobState.Completed, "be run now"), (error.Id, error.State, error.Action));
        Assert.DoesNotContain("now now", error.Message, StringComparison.Ordinal);
    }

    [Fact, Provokes(typeof(InvalidNameException))]
    public async Task Empty_and_bad_names()
    {
        foreach (var bad in (string[])["", null!, "a b", "ä", new string('x', 201)])
        {
            var remedy = string.IsNullOrEmpty(bad) ? "give it at least one character" : "use ";
            var error = Refusal.Of<InvalidNameException>(() => TaskDefinition.Create<string>(bad!), remedy);
            Assert.Equal(("task", bad), (error.Kind, error.Value));
        }

        Assert.Equal("queue", Refusal.Of<InvalidNameException>(() => QueueName.FromString(""), "give it at least one character").Kind);
        Refusal.Of<InvalidNameException>(() => QueueName.FromString(new string('x', 65)), "use at most 64");
        Assert.Equal("job", Refusal.Of<InvalidNameException>(() => JobId.FromName("default", ""), "give it at least one character").Kind);
        Refusal.Of<InvalidNameException>(() => JobId.FromName("default", new string('x', 257)), "use at most 256");
        var client = await StartAsync();
        var tag = await Refusal.Of<InvalidNameException>(() => client.EnqueueAsync(Work, "x", o => o.WithTag("")).AsTask(), "give it at least one character");
        Assert.Equal("tag", tag.Kind);
        Assert.ThrowsAny<ArgumentException>(() => JobOutcome.Discard(""));
    }

    [Fact, Provokes(typeof(DuplicateJobException))]
    public async Task An_id_of_ones_own_twice()
    {
        var client = await StartAsync();
        var id = JobId.FromName("default", "mine");
        await client.EnqueueAsync(Work, "x", o => o.WithId(id));
        Assert.Equal(id, (await Refusal.Of<DuplicateJobException>(() => client.EnqueueAsync(Work, "x", o => o.WithId(id)).AsTask(), "Use another id")).Id);
    }

    [Fact, Provokes(typeof(UniqueKeyTakenException))]
    public async Task A_retry_while_another_job_has_the_key()
    {
        var client = await StartAsync(b => b.Queue("default", q => q.Concurrency = 0));
        var first = await client.EnqueueAsync(Work, "x", o => o.UniqueKey = "k");
        await first.CancelAsync();
        await client.EnqueueAsync(Work, "x", o => o.UniqueKey = "k");
        await Refusal.Of<UniqueKeyTakenException>(() => client.RetryAsync(first.Id).AsTask(), "Wait for that one, or cancel it first");
    }

    [Fact, Provokes(typeof(PayloadPrunedException))]
    public async Task A_retry_of_a_job_whose_payload_is_gone()
    {
        var clock = new ManualClock();
        var client = await StartAsync(b =>
        {
            b.Clock = clock;
            b.Queue("default", q => (q.Concurrency, q.History) = (0, new HistoryLimits { Cancelled = new HistoryLimit(MaxPayloadAge: TimeSpan.Zero) }));
        });
        var job = await (await client.EnqueueAsync(Work, "x")).CancelAsync();
        clock.Advance(TimeSpan.FromMinutes(1));
        while ((await client.GetAsync(job.Id)).PayloadPrunedAt is null) clock.Advance(TimeSpan.FromMinutes(1));
        var error = await Refusal.Of<PayloadPrunedException>(() => client.RetryAsync(job.Id).AsTask(), "Enqueue a new job with the payload");
        Assert.Equal((job.Id, (await client.GetAsync(job.Id)).PayloadPrunedAt), (error.Id, error.PrunedAt));
        var emptied = await client.GetAsync(job.Id);
        Assert.Throws<PayloadDecodingException>(() => client.PayloadOf(Work, emptied));
    }

    [Fact]
    public void An_outcome_without_its_error_or_reason()
    {
        foreach (var nothing in (string[])["", null!])
        {
            Assert.ThrowsAny<ArgumentException>(() => JobOutcome.Retry(nothing));
            Assert.ThrowsAny<ArgumentException>(() => JobOutcome.DeadLetter(nothing));
            Assert.ThrowsAny<ArgumentException>(() => JobOutcome.Discard(nothing));
        }

        Assert.Throws<ArgumentNullException>(() => JobOutcome.RescheduleBy(null!));
    }

    [Fact, Provokes(typeof(QueueBusyException))]
    public async Task A_full_queue()
    {
        var client = await StartAsync(b => b.Queue("default", q =>
        {
            q.CapacityJobs = 1;
            q.WhenFull = FullQueue.Throw;
        }));
        var error = await Refusal.Of<QueueBusyException>(
            () => client.EnqueueManyAsync(Work, ["x", "y"]).AsTask(), "Try again later, add workers, or raise the limit");
        Assert.Equal(("default", "CapacityJobs", 1), (error.Queue.Value, error.Limit, error.Allowed));
    }

    [Fact, Provokes(typeof(JobWaitTimeoutException)), Provokes(typeof(JobCancelledException))]
    public async Task A_job_that_is_not_there_in_time_or_cancelled()
    {
        var client = await StartAsync();
        var handle = await client.EnqueueAsync(Measure, "x", o => o.After(TimeSpan.FromDays(1)));
        var late = await Refusal.Of<JobWaitTimeoutException>(() => handle.ResultAsync(TimeSpan.Zero).AsTask(), "wait again on its handle");
        Assert.Equal((handle.Id, TimeSpan.Zero), (late.Id, late.Timeout));
        await Refusal.Of<InvalidJobOptionException>(() => handle.ResultAsync(TimeSpan.FromSeconds(-5)).AsTask(), "use zero or a positive time");
        await handle.CancelAsync();
        Assert.Equal("measure", (await Refusal.Of<JobCancelledException>(() => handle.ResultAsync().AsTask(), "Retry it with RetryAsync")).Task);
    }

    [Fact, Provokes(typeof(JobFailedException)), Provokes(typeof(JobDiscardedException))]
    public async Task Results_of_jobs_that_have_none()
    {
        var client = await StartAsync(b => b.Handle(Unknown, (text, _) =>
            Task.FromResult(text == "drop" ? JobOutcome.Discard("no use") : JobOutcome.DeadLetter("hopeless"))));
        var dead = await Refusal.Of<JobFailedException>(() => client.RunAsync(Unknown, "bury").AsTask(), "Retry it with RetryAsync once the cause is mended");
        Assert.Equal(("unknown", "hopeless"), (dead.Task, dead.Error!.Message));
        var dropped = await Refusal.Of<JobDiscardedException>(() => client.RunAsync(Unknown, "drop").AsTask(), "Enqueue it again");
        Assert.Equal("no use", dropped.Reason);
    }

    [Fact, Provokes(typeof(InvalidJobOptionException))]
    public async Task A_page_that_is_empty_or_too_large()
    {
        var client = await StartAsync();
        foreach (var size in (int[])[0, -1, 1001])
        {
            var error = await Refusal.Of<InvalidJobOptionException>(() => client.ListAsync(new JobQuery { PageJobs = size }).AsTask(), "from 1 to 1000");
            Assert.Equal(size, error.Value);
        }
    }

    [Fact, Provokes(typeof(CronFormatException))]
    public void A_cron_expression_that_never_fires() =>
        Assert.Equal("* * 30 2 *", Refusal.Of<CronFormatException>(() => CronExpression.Parse("* * 30 2 *"), "never").Expression);

    private static async Task<JobSnapshot> EndOf<T>(IJobClient client, TaskDefinition<T> task, T payload) =>
        await (await client.EnqueueAsync(task, payload, o => o.MaxAttempts = 1)).WaitAsync().Soon();

    private async Task<IJobClient> StartAsync(Action<JobsBuilder>? configure = null)
    {
        var engine = await EmbeddedJobs.StartAsync(b =>
        {
            b.Clock = new ManualClock();
            b.Handle(Work, (_, _) => Task.CompletedTask).Handle(Odd, (_, _) => Task.CompletedTask).Handle(Measure, (text, _) => Task.FromResult(text.Length));
            configure?.Invoke(b);
        });
        _engines.Add(engine);
        return engine.Client;
    }

    private sealed record Unencodable(int Number)
    {
        public int Broken => throw new FormatException($"{Number} cannot be read");
    }
}
