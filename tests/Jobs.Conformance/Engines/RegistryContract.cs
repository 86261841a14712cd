using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>Handlers that come and go, and jobs that have none (A3, C06, C21, C26).</summary>
public abstract class RegistryContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task A_handler_added_while_it_runs_is_served()
    {
        var engine = await StartAsync(_ => { });
        await Assert.ThrowsAsync<TaskNotRegisteredException>(() => engine.Client.EnqueueAsync(Measure, "x").Soon());
        engine.Registry.Handle(Measure, (text, _) => Task.FromResult(text.Length));
        Assert.Equal(["measure"], engine.Registry.Names);
        Assert.Equal(3, await engine.Client.RunAsync(Measure, "abc").Soon());
    }

    [Fact]
    public async Task A_handler_added_while_it_runs_has_its_task_bound()
    {
        var late = ResultTask.Create<string, int>("late");
        var engine = await StartAsync(b => b.BindTasks());
        engine.Registry.Handle(late, (text, _) => Task.FromResult(text.Length));
        Assert.Equal(4, await late.RunAsync("abcd").AsTask().Soon());
    }

    [Fact]
    public async Task A_function_that_returns_one_kind_of_outcome_is_heard()
    {
        var runs = 0;
        Delegate later = async (string text) =>
        {
            await Task.Yield();
            return Interlocked.Increment(ref runs) == 1 ? JobOutcome.RescheduleAfter(Minute) : throw new InvalidOperationException(text);
        };
        var engine = await StartAsync(b => b.Handle(Work, later));
        var job = await engine.Client.EnqueueAsync(Work, "second run", o => o.MaxAttempts = 1).Soon();
        var end = await AdvanceUntil(Minute, EndOf(job));
        Assert.Equal((JobState.Dead, 2, "second run"), (end.State, end.Deliveries, end.LastError!.Message));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_limit_that_lets_nothing_run_is_refused(int limit)
    {
        var never = TaskDefinition.Create<string>("never", o => o.MaxConcurrency = limit);
        var engine = await StartAsync(_ => { });
        var error = Assert.Throws<InvalidJobOptionException>(() => engine.Registry.Handle(never, (_, _) => Task.CompletedTask));
        Assert.Equal("MaxConcurrency", error.Option);
    }

    [Fact]
    public async Task A_removed_handler_leaves_its_jobs_waiting_and_a_new_one_gets_them()
    {
        var held = new HeldHandler();
        var engine = await StartAsync(b => b.Queue("default", q => q.Concurrency = 1).Handle(Work, held.RunAsync).Handle(Other, (_, _) => Task.CompletedTask));
        var running = await engine.Client.EnqueueAsync(Work, "running").Soon();
        await held.Runs.Reaches(1).Soon();
        var waiting = await engine.Client.EnqueueAsync(Work, "waiting").Soon();
        Assert.True(engine.Registry.Remove("work"));
        Assert.False(engine.Registry.Remove("work"));
        held.Release();

        Assert.Equal(JobState.Completed, (await EndOf(running)).State);
        await engine.Client.RunAsync(Other, "marker").Soon();
        var job = await waiting.GetAsync().Soon();
        Assert.Equal((JobState.Pending, 0, 0), (job.State, job.Failures, job.LostDeliveries));
        await Assert.ThrowsAsync<TaskNotRegisteredException>(() => engine.Client.EnqueueAsync(Work, "x").Soon());

        engine.Registry.Handle(Work, (_, _) => Task.CompletedTask);
        var done = await EndOf(waiting);
        Assert.Equal((JobState.Completed, 1), (done.State, done.Attempt));
    }

    [Fact]
    public async Task Rejected_tasks_are_named_with_those_that_are_known()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var error = await Assert.ThrowsAsync<TaskNotRegisteredException>(() => client.EnqueueAsync(Other, "x").Soon());
        Assert.Equal("other", error.Task);
        Assert.Equal(["work"], error.Known);
    }

    [Fact]
    public async Task Held_jobs_wait_without_using_attempts_until_a_handler_comes()
    {
        var engine = await StartAsync(b => Policy(b, UnknownTaskPolicy.Hold));
        var handle = await engine.Client.EnqueueAsync(Other, "x", o => o.MaxAttempts = 1).Soon();
        await engine.Client.RunAsync(Work, "marker").Soon();
        Assert.Equal((JobState.Pending, 0), await StateAndDeliveries(handle));
        engine.Registry.Handle(Other, (_, _) => Task.CompletedTask);
        Assert.Equal(JobState.Completed, (await EndOf(handle)).State);
    }

    [Fact]
    public async Task Unknown_tasks_can_be_discarded()
    {
        var client = await StartClientAsync(b => Policy(b, UnknownTaskPolicy.Discard));
        var ended = await EndOf(await client.EnqueueAsync(Other, "x").Soon());
        Assert.Equal(JobState.Discarded, ended.State);
        Assert.Contains("no handler", ended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_tasks_can_be_dead_lettered()
    {
        var client = await StartClientAsync(b => Policy(b, UnknownTaskPolicy.DeadLetter));
        var ended = await EndOf(await client.EnqueueAsync(Other, "x").Soon());
        Assert.Equal(JobState.Dead, ended.State);
        Assert.Contains("No handler", ended.LastError!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_tasks_can_use_up_their_attempts()
    {
        var client = await StartClientAsync(b => Policy(b, UnknownTaskPolicy.Retry));
        var ended = await EndOf(await client.EnqueueAsync(Other, "x", o =>
        {
            o.MaxAttempts = 3;
            o.Backoff = RetryPolicy.None;
        }).Soon());
        Assert.Equal((JobState.Dead, 3, typeof(TaskNotRegisteredException).FullName), (ended.State, ended.Failures, ended.LastError!.Type));
    }

    [Fact]
    public async Task A_second_handler_is_an_error_by_default()
    {
        var error = await Assert.ThrowsAsync<DuplicateTaskException>(() => StartAsync(b => b
            .Handle(Work, (_, _) => Task.CompletedTask)
            .Handle(Work, (_, _) => Task.CompletedTask)));
        Assert.Equal("work", error.Task);
        var engine = await StartAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        Assert.Throws<DuplicateTaskException>(() => engine.Registry.Handle(Work, (_, _) => Task.CompletedTask));
    }

    [Fact]
    public async Task The_later_handler_wins_when_the_service_says_so()
    {
        var engine = await StartAsync(b =>
        {
            b.OnDuplicate = DuplicateRegistration.Replace;
            b.Handle(Measure, (_, _) => Task.FromResult(1)).Handle(Measure, (_, _) => Task.FromResult(2));
        });
        Assert.Equal(2, await engine.Client.RunAsync(Measure, "x").Soon());
        engine.Registry.Handle(Measure, (_, _) => Task.FromResult(3));
        Assert.Equal(3, await engine.Client.RunAsync(Measure, "x").Soon());
    }

    [Fact]
    public async Task Modules_bring_their_handlers()
    {
        var client = await StartClientAsync(b => b.AddModule(new Module()).AddModule<OtherModule>());
        Assert.Equal(4, await client.RunAsync(Measure, "four").Soon());
        await client.RunAsync(Other, "x").Soon();
    }

    [Fact]
    public async Task Bound_tasks_enqueue_by_themselves_from_start_to_stop()
    {
        var bound = ResultTask.Create<string, int>("bound");
        var plain = TaskDefinition.Create<string>("plain");
        var engine = Create(b => b.BindTasks().Handle(bound, (text, _) => Task.FromResult(text.Length)).Handle(plain, (_, _) => Task.CompletedTask));
        Assert.Equal("bound", (await Assert.ThrowsAsync<TaskNotBoundException>(async () => await bound.EnqueueAsync("x"))).Task);
        await engine.StartAsync().Soon();
        Assert.Equal(3, await bound.RunAsync("abc").Soon());
        Assert.Equal(2, await (await bound.EnqueueAsync("ab").Soon()).ResultAsync().Soon());
        await (await plain.EnqueueAsync("x").Soon()).CompletionAsync().Soon();
        await engine.StopAsync().Soon();
        await Assert.ThrowsAsync<TaskNotBoundException>(async () => await plain.EnqueueAsync("x"));
    }

    [Fact]
    public async Task Tasks_are_not_bound_unless_it_is_said()
    {
        var task = TaskDefinition.Create<string>("unbound");
        await StartAsync(b => b.Handle(task, (_, _) => Task.CompletedTask));
        await Assert.ThrowsAsync<TaskNotBoundException>(async () => await task.EnqueueAsync("x"));
    }

    [Fact]
    public async Task A_raw_handler_gets_the_bytes_as_they_were_enqueued()
    {
        var seen = new Recording<string>();
        var client = await StartClientAsync(b => b.HandleRaw("work", (bytes, _) =>
        {
            seen.Add(System.Text.Encoding.UTF8.GetString(bytes.Span));
            return Task.CompletedTask;
        }));
        await client.RunAsync(Work, "typed").Soon();
        var raw = TaskDefinition.Raw("work");
        await client.RunAsync(raw, new byte[] { 65, 66 }.AsMemory()).Soon();
        Assert.Equal(["\"typed\"", "AB"], seen.Items);
    }

    [Fact]
    public async Task A_process_that_runs_no_jobs_only_enqueues_them()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var first = await StartAsync(b =>
        {
            b.RunsJobs = false;
            b.Handle(Work, (_, _) => Task.CompletedTask);
        });
        var handle = await first.Client.EnqueueAsync(Work, "x").Soon();
        Assert.Equal((JobState.Pending, 0), await StateAndDeliveries(handle));
        await first.StopAsync().Soon();
        var second = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        Assert.Equal(JobState.Completed, (await EndOf(second.Handle(handle.Id))).State);
    }

    private static void Policy(JobsBuilder builder, UnknownTaskPolicy policy)
    {
        builder.OnUnknownTask = policy;
        builder.Handle(Work, (_, _) => Task.CompletedTask);
    }

    private static async Task<(JobState State, int Deliveries)> StateAndDeliveries(JobHandle handle)
    {
        var job = await handle.GetAsync().Soon();
        return (job.State, job.Deliveries);
    }

    private sealed class Module : IJobModule
    {
        public void Register(ITaskRegistry registry) => registry.Handle(Measure, (text, _) => Task.FromResult(text.Length));
    }

    private sealed class OtherModule : IJobModule
    {
        public void Register(ITaskRegistry registry) => registry.Handle(Other, (_, _) => Task.CompletedTask);
    }
}
