using System.Collections;
using Jobs.Conformance;

namespace Jobs.Core.Tests.Errors;

/// <summary>Handlers that misbehave: what becomes of their job, and that nobody else notices.</summary>
public sealed class BadHandlerTests : IAsyncDisposable
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");
    private static readonly TaskDefinition<string> Good = TaskDefinition.Create<string>("good");
    private static readonly ResultTask<string, string> Measure = ResultTask.Create<string, string>("measure");

    private readonly ManualClock _clock = new();
    private readonly List<EmbeddedEngine> _engines = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines) await engine.DisposeAsync().AsTask().Soon();
    }

    [Fact, Provokes(typeof(HandlerMismatchException))]
    public void A_wrong_signature()
    {
        var error = Refusal.Of<HandlerMismatchException>(() => Register(b => b.Handle(Work, (Delegate)((string _) => 17))), "use ResultTask.Create");
        Assert.Equal("work", error.Task);
        Refusal.Of<HandlerMismatchException>(() => Register(b => b.Handle(Measure, (Delegate)((string _) => Task.FromResult(17)))), "it must return a String");
        Refusal.Of<HandlerMismatchException>(
            () => Register(b => b.Handle(Measure, (Func<string, JobContext, Task>)((_, _) => Task.CompletedTask))), "it must return a Task<String>");
        Refusal.Of<HandlerMismatchException>(() => Register(b => b.Handle<NoHandler>(Work)), "it must implement ITaskHandler<String>");
        Refusal.Of<HandlerMismatchException>(() => Register(b => b.Handle<NoHandler>(Measure)), "it must implement ITaskHandler<String, String>");
        error = Refusal.Of<HandlerMismatchException>(() => Register(b => b.Handle<AbstractHandler>(Work)), "register the class");
        Assert.Equal(typeof(AbstractHandler), error.Handler);
    }

    [Fact]
    public async Task A_service_that_is_not_there()
    {
        var dead = await DeadAsync(b => b.Handle(Work, (Delegate)((string _, Uri _) => Task.CompletedTask)));
        Assert.Contains("System.Uri", dead.LastError!.Message, StringComparison.Ordinal);
    }

    [Fact, Provokes(typeof(InvalidHandlerResultException))]
    public async Task No_task() => RequireError<InvalidHandlerResultException>(
        await DeadAsync(b => b.Handle(Work, (_, _) => null!)), "returned null instead of a Task", "Return");

    [Fact, Provokes(typeof(InvalidHandlerResultException))]
    public async Task No_result() => RequireError<InvalidHandlerResultException>(
        await DeadAsync(b => b.Handle(Measure, (_, _) => Task.FromResult<string>(null!)), Measure), "returned null, but the task promises a String", "Return");

    [Fact, Provokes(typeof(InvalidHandlerResultException))]
    public async Task No_outcome() => RequireError<InvalidHandlerResultException>(
        await DeadAsync(b => b.Handle(Work, (_, _) => Task.FromResult<JobOutcome>(null!))), "returned null instead of a JobOutcome", "Return");

    [Fact, Provokes(typeof(InvalidHandlerResultException))]
    public async Task A_result_of_another_type() => RequireError<InvalidHandlerResultException>(
        await DeadAsync(b => b.Handle(Measure, (_, _) => Task.FromResult(JobOutcome.Done(17))), Measure),
        "returned a Int32, but the task promises a String",
        "Return");

    [Fact, Provokes(typeof(InvalidHandlerResultException))]
    public async Task Done_without_the_promised_result() => RequireError<InvalidHandlerResultException>(
        await DeadAsync(b => b.Handle(Measure, (_, _) => Task.FromResult(JobOutcome.Done())), Measure), "without a result", "Return");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_throws(bool synchronously)
    {
        var dead = await DeadAsync(b => b.Handle(Work, async (_, _) =>
        {
            if (!synchronously) await Task.Yield();
            throw new FormatException("broken");
        }));
        var error = dead.LastError!;
        Assert.Equal((typeof(FormatException).FullName, "broken", 1, _clock.GetUtcNow()), (error.Type, error.Message, error.Attempt, error.At));
        Assert.Contains(nameof(BadHandlerTests), error.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_throws_from_deep_down()
    {
        static int Down(int levels) => levels == 0 ? throw new FormatException("deep") : Down(levels - 1) + 1;
        var dead = await DeadAsync(b => b.Handle(Work, (_, _) => Task.FromResult(Down(500) > 0 ? JobOutcome.Done() : null!)));
        Assert.Equal((4096, 4096), (dead.LastError!.Stack!.Length, JobLimits.Default.MaxStackChars));
    }

    [Fact]
    public async Task It_throws_what_cannot_even_be_read()
    {
        var dead = await DeadAsync(b => b.Handle(Work, (_, _) => throw new UnreadableException()));
        Assert.Equal(typeof(UnreadableException).FullName, dead.LastError!.Type);
        Assert.Contains("could not be read: InvalidOperationException", dead.LastError.Message, StringComparison.Ordinal);
        Assert.Contains("could not be read: InvalidOperationException", dead.LastError.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_throws_what_cannot_be_serialised()
    {
        var dead = await DeadAsync(b => b.Handle(Work, (_, _) => throw new UnserialisableException()));
        Assert.Equal((typeof(UnserialisableException).FullName, "has a stream"), (dead.LastError!.Type, dead.LastError.Message));
    }

    [Fact]
    public async Task It_throws_a_cancellation_of_its_own()
    {
        using var own = new CancellationTokenSource();
        await own.CancelAsync();
        var dead = await DeadAsync(b => b.Handle(Work, (_, _) => Task.FromCanceled(own.Token)));
        Assert.Equal((JobState.Dead, typeof(TaskCanceledException).FullName), (dead.State, dead.LastError!.Type));
    }

    [Fact]
    public async Task It_blocks_its_thread_and_the_others_go_on()
    {
        using var release = new ManualResetEventSlim();
        var blocked = new Recording<string>();
        var client = await StartAsync(b => b.Queue("default", q => q.Concurrency = 100).Handle(Work, (text, _) =>
        {
            blocked.Add(text);
            release.Wait();
            return Task.CompletedTask;
        }));
        var blockers = await client.EnqueueManyAsync(Work, ["1", "2", "3", "4"]);
        try
        {
            await client.RunAsync(Good, "x").Soon();
            await blocked.Reaches(4).Soon();
            for (var i = 0; i < 20; i++) await client.RunAsync(Good, "x").Soon();
        }
        finally
        {
            release.Set();
        }

        foreach (var blocker in blockers) Assert.Equal(JobState.Completed, (await blocker.WaitAsync().Soon()).State);
    }

    [Fact]
    public async Task A_blocking_task_runs_on_threads_of_its_own()
    {
        var blocking = TaskDefinition.Create<string>("blocking", o => o.Blocking = true);
        using var release = new ManualResetEventSlim();
        var pool = new Recording<bool>();
        var client = await StartAsync(b => b.Queue("default", q => q.Concurrency = 100).Handle(blocking, (_, _) =>
        {
            pool.Add(Thread.CurrentThread.IsThreadPoolThread);
            release.Wait();
            return Task.CompletedTask;
        }));
        var blockers = await client.EnqueueManyAsync(blocking, [.. Enumerable.Range(0, 30).Select(i => $"{i}")]);
        try
        {
            Assert.DoesNotContain(true, await pool.Reaches(30).Soon());
            await client.RunAsync(Good, "x").Soon();
        }
        finally
        {
            release.Set();
        }

        foreach (var blocker in blockers) Assert.Equal(JobState.Completed, (await blocker.WaitAsync().Soon()).State);
    }

    [Fact, Provokes(typeof(JobTimeoutException))]
    public async Task It_runs_longer_than_its_timeout()
    {
        var held = new HeldHandler();
        var client = await StartAsync(b => b.Handle(Work, held.RunAsync));
        var handle = await client.EnqueueAsync(Work, "x", o =>
        {
            o.Timeout = TimeSpan.FromSeconds(1);
            o.MaxAttempts = 1;
        });
        await held.Runs.Reaches(1).Soon();
        var ending = handle.WaitAsync().AsTask();
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), ending).Soon();
        RequireError<JobTimeoutException>(await ending, "longer than its timeout of 00:00:01", "Raise JobOptions.Timeout");
    }

    [Fact]
    public async Task It_ignores_its_timeout_and_is_not_run_beside_itself()
    {
        var held = new HeldHandler();
        var client = await StartAsync(b => b.Handle(Work, held.RunDeafAsync));
        var handle = await client.EnqueueAsync(Work, "x", o => o.Timeout = TimeSpan.FromSeconds(1));
        await held.Runs.Reaches(1).Soon();
        _clock.Advance(TimeSpan.FromDays(1));
        await client.RunAsync(Good, "marker").Soon();
        Assert.Equal(JobState.Running, (await handle.GetAsync().Soon()).State);
        held.Release();
        Assert.Equal((JobState.Completed, 1, 1), await EndAndRuns(handle, held));
    }

    [Fact]
    public async Task It_ignores_the_drain_and_its_job_is_given_back()
    {
        var store = new InMemoryJobStore();
        var held = new HeldHandler();
        var client = await StartAsync(b => b.UseStore(_ => store).Handle(Work, held.RunDeafAsync));
        var handle = await client.EnqueueAsync(Work, "x");
        await held.Runs.Reaches(1).Soon();
        await _engines[0].StopAsync().Soon();
        var job = await store.FindAsync(handle.Id, CancellationToken.None);
        Assert.Equal((JobState.Pending, 0, 0, 1), (job!.State, job.Failures, job.LostDeliveries, job.NextAttempt));

        // The late outcome of the old handler changes nothing for the next owner.
        held.Release();
        var next = await StartAsync(b => b.UseStore(_ => store).Handle(Work, (_, _) => Task.CompletedTask));
        var done = await next.WaitAsync(handle.Id).Soon();
        Assert.Equal((JobState.Completed, 1, 2), (done.State, done.Attempt, done.Deliveries));
    }

    [Fact]
    public async Task It_keeps_its_context_and_uses_it_after_the_end()
    {
        var held = new Recording<JobContext>();
        var client = await StartAsync(b => b.Handle(Work, (_, job) =>
        {
            held.Add(job);
            return Task.CompletedTask;
        }));
        var handle = await client.EnqueueAsync(Work, "x");
        await handle.WaitAsync().Soon();
        held.Items[0].Log("too late");
        held.Items[0].ReportProgress(50);
        held.Items[0].CaptureResult("too late");
        var job = await handle.GetAsync().Soon();
        Assert.Empty(job.Log);
        Assert.Null(job.Progress);
        Assert.Null(job.Result);
    }

    [Fact, Provokes(typeof(PayloadEncodingException))]
    public async Task It_captures_what_cannot_be_encoded() => RequireError<PayloadEncodingException>(
        await DeadAsync(b => b.Handle(Work, (_, job) =>
        {
            job.CaptureResult(new Hashtable { [new object()] = typeof(string) });
            return Task.CompletedTask;
        })),
        "cannot be encoded",
        "Make the type serializable");

    private static async Task<(JobState State, int Attempt, int Runs)> EndAndRuns(JobHandle handle, HeldHandler held)
    {
        var job = await handle.WaitAsync().Soon();
        return (job.State, job.Attempt, held.Runs.Items.Count);
    }

    private static void RequireError<T>(JobSnapshot job, string what, string remedy)
    {
        Assert.Equal((JobState.Dead, typeof(T).FullName), (job.State, job.LastError!.Type));
        Assert.Contains(what, job.LastError.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, job.LastError.Message, StringComparison.Ordinal);
    }

    private static void Register(Action<JobsBuilder> configure) => EmbeddedJobs.Create(configure);

    /// <summary>Runs one job of the task once, and one of another task after it, which must not suffer.</summary>
    private async Task<JobSnapshot> DeadAsync(Action<JobsBuilder> configure, TaskDefinition<string>? task = null)
    {
        var client = await StartAsync(configure);
        var dead = await (await client.EnqueueAsync(task ?? Work, "x", o => o.MaxAttempts = 1)).WaitAsync().Soon();
        await client.RunAsync(Good, "x").Soon();
        Assert.Equal(JobState.Dead, dead.State);
        return dead;
    }

    private async Task<IJobClient> StartAsync(Action<JobsBuilder> configure)
    {
        var engine = await EmbeddedJobs.StartAsync(b =>
        {
            b.Clock = _clock;
            b.DrainTime = TimeSpan.Zero;
            b.StopTime = TimeSpan.Zero;
            b.Handle(Good, (_, _) => Task.CompletedTask);
            configure(b);
        });
        _engines.Add(engine);
        return engine.Client;
    }

    private sealed class NoHandler;

    private abstract class AbstractHandler : ITaskHandler<string>
    {
        public abstract Task HandleAsync(string payload, JobContext job);
    }

    private sealed class UnreadableException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");

        public override string? StackTrace => throw new InvalidOperationException("no stack");
    }

    private sealed class UnserialisableException : Exception
    {
        public UnserialisableException() : base("has a stream")
        {
            Data["stream"] = new MemoryStream();
            Data["self"] = this;
        }
    }
}
