using Jobs.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Testing.Tests;

public sealed class RunningTests
{
    private static readonly TimeSpan Safety = TimeSpan.FromSeconds(120);

    private readonly List<int> _ran = [];

    [Fact]
    public async Task Nothing_runs_by_itself_not_even_when_time_passes()
    {
        await using var jobs = Counting();
        await jobs.EnqueueAsync(TestTasks.Count, 1);
        await jobs.EnqueueAsync(TestTasks.Count, 2, o => o.After(TimeSpan.FromHours(1)));
        jobs.Clock.Advance(TimeSpan.FromDays(3650));
        Assert.Empty(_ran);
        Assert.Equal(2, (await jobs.CountAsync()).Pending);
        Assert.Equal(0, jobs.Clock.ActiveTimers);
    }

    [Fact]
    public async Task Run_next_runs_one_job_in_the_flow_of_the_caller()
    {
        var local = new AsyncLocal<string?> { Value = "mine" };
        string? seen = null;
        await using var jobs = Make(b => b.Handle(TestTasks.Count, (int _, JobContext _) =>
        {
            seen = local.Value;
            return Task.CompletedTask;
        }));
        await jobs.EnqueueManyAsync(TestTasks.Count, [1, 2]);
        var ran = await jobs.RunNextAsync();
        Assert.Equal(1, ran!.PayloadOf(TestTasks.Count));
        Assert.Equal(JobState.Completed, ran.State);
        Assert.Equal("mine", seen);
        Assert.Equal(JobState.Pending, jobs.Nth(2)!.State);
    }

    [Fact]
    public async Task Run_next_gives_null_when_nothing_is_due_or_nothing_can_run()
    {
        await using var jobs = Counting();
        Assert.Null(await jobs.RunNextAsync());
        await jobs.EnqueueAsync(TestTasks.Count, 1, o => o.After(TimeSpan.FromHours(1)));
        await jobs.EnqueueAsync(TestTasks.SendMail, new Mail("no handler"));
        Assert.Null(await jobs.RunNextAsync());
        jobs.Clock.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(await jobs.RunNextAsync());
        Assert.Equal([1], _ran);
    }

    [Fact]
    public async Task The_order_is_priority_then_run_at_then_enqueueing()
    {
        await using var jobs = Counting();
        await jobs.EnqueueAsync(TestTasks.Count, 4, o => o.After(TimeSpan.FromSeconds(1)));
        await jobs.EnqueueAsync(TestTasks.Count, 2);
        await jobs.EnqueueAsync(TestTasks.Count, 3);
        await jobs.EnqueueAsync(TestTasks.Count, 5, o => o.WithPriority(-1));
        await jobs.EnqueueAsync(TestTasks.Count, 1, o => o.WithPriority(1).After(TimeSpan.FromSeconds(2)));
        jobs.Clock.Advance(TimeSpan.FromSeconds(2));
        await jobs.DrainAsync();
        Assert.Equal([1, 2, 3, 4, 5], _ran);
    }

    [Theory]
    [InlineData(PollStrategy.PriorityFirst, new[] { 2, 1, 3 })]
    [InlineData(PollStrategy.RunAtFirst, new[] { 3, 2, 1 })]
    [InlineData(PollStrategy.Fifo, new[] { 1, 2, 3 })]
    public async Task The_order_follows_the_strategy_of_the_queue(PollStrategy strategy, int[] expected)
    {
        await using var jobs = Counting(b => b.Queue(QueueName.Default, q => q.Strategy = strategy));
        await jobs.EnqueueAsync(TestTasks.Count, 1, o => o.After(TimeSpan.FromSeconds(3)));
        await jobs.EnqueueAsync(TestTasks.Count, 2, o => o.WithPriority(1).After(TimeSpan.FromSeconds(2)));
        await jobs.EnqueueAsync(TestTasks.Count, 3, o => o.WithPriority(-1).After(TimeSpan.FromSeconds(1)));
        jobs.Clock.Advance(TimeSpan.FromSeconds(3));
        await jobs.DrainAsync();
        Assert.Equal(expected, _ran);
    }

    [Fact]
    public async Task Random_jobs_run_in_the_order_in_which_a_worker_with_one_slot_runs_them()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("JOBS_TEST_SEED"), out var given) ? given : 20300101;
        var random = new Random(seed);
        var payloads = Enumerable.Range(0, 300).Select(i => (Number: i, Priority: random.Next(5), Delay: random.Next(4))).ToList();
        var wanted = payloads.OrderByDescending(p => p.Priority).ThenBy(p => p.Delay).ThenBy(p => p.Number).Select(p => p.Number).ToList();
        await using var kit = Counting();
        foreach (var (number, priority, delay) in payloads)
            await kit.EnqueueAsync(TestTasks.Count, number, o => o.WithPriority(priority).After(TimeSpan.FromSeconds(delay)));
        kit.Clock.Advance(TimeSpan.FromSeconds(4));
        await kit.DrainAsync();
        Assert.True(wanted.SequenceEqual(_ran), $"seed {seed}");

        var clock = new ManualTimeProvider();
        var ran = new List<int>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = await EmbeddedJobs.StartAsync(b =>
        {
            b.Clock = clock;
            b.OnUnknownTask = UnknownTaskPolicy.Hold;
            b.Queue(QueueName.Default, q => q.Concurrency = 1);
        });
        foreach (var (number, priority, delay) in payloads)
            await engine.Client.EnqueueAsync(TestTasks.Count, number, o => o.WithPriority(priority).After(TimeSpan.FromSeconds(delay)));
        clock.Advance(TimeSpan.FromSeconds(4));
        engine.Registry.Handle(TestTasks.Count, (int number, JobContext _) =>
        {
            ran.Add(number);
            if (ran.Count == payloads.Count) done.SetResult();
            return Task.CompletedTask;
        });
        await done.Task.WaitAsync(Safety);
        Assert.True(_ran.SequenceEqual(ran), $"seed {seed}");
    }

    [Fact]
    public async Task Queues_and_partitions_take_turns_by_due_time()
    {
        await using var jobs = Counting(b => b.Queue("many", q => q.Partitions = 4));
        await jobs.EnqueueAsync(TestTasks.Count, 1, o => o.On("b"));
        jobs.Clock.Advance(TimeSpan.FromSeconds(1));
        for (var i = 2; i < 8; i++)
        {
            await jobs.EnqueueAsync(TestTasks.Count, i, o => o.On(i % 2 == 0 ? "many" : "a"));
            jobs.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await jobs.DrainAsync();
        Assert.Equal(Enumerable.Range(1, 7), _ran);
    }

    [Fact]
    public async Task A_group_runs_in_order_and_waits_for_the_retry_of_its_first()
    {
        var failed = false;
        await using var jobs = Make(b => b.Handle(TestTasks.Flaky, (int n, JobContext _) =>
        {
            _ran.Add(n);
            if (n != 1 || failed) return Task.CompletedTask;
            failed = true;
            throw new InvalidOperationException();
        }));
        await jobs.EnqueueManyAsync(TestTasks.Flaky, [1, 2], o => o.GroupKey = "g");
        await jobs.DrainAsync();
        Assert.Equal([1], _ran);
        var error = await Assert.ThrowsAsync<WrongJobStateException>(() => jobs.RunJobAsync(jobs.Nth(2)!.Id));
        Assert.Contains("of its group comes before it", error.Message, StringComparison.Ordinal);
        await jobs.DrainAsync(advanceTime: true);
        Assert.Equal([1, 1, 2], _ran);
    }

    [Fact]
    public async Task A_certain_job_runs_whatever_stands_before_it()
    {
        await using var jobs = Counting();
        await jobs.EnqueueManyAsync(TestTasks.Count, [1, 2, 3]);
        var ran = await jobs.RunJobAsync(jobs.Nth(3)!.Id);
        Assert.Equal(JobState.Completed, ran.State);
        await jobs.DrainAsync();
        Assert.Equal([3, 1, 2], _ran);
    }

    [Fact]
    public async Task A_certain_job_that_is_not_ready_is_a_clear_error()
    {
        await using var jobs = Counting();
        await Assert.ThrowsAsync<JobNotFoundException>(() => jobs.RunJobAsync(JobId.FromName(QueueName.Default, "none")));
        var later = await jobs.EnqueueAsync(TestTasks.Count, 1, o => o.After(TimeSpan.FromHours(1)));
        Assert.Equal(JobState.Scheduled, (await Assert.ThrowsAsync<WrongJobStateException>(() => jobs.RunJobAsync(later.Id))).State);
        var held = await jobs.EnqueueAsync(TestTasks.SendMail, new Mail("x"));
        var unhandled = await Assert.ThrowsAsync<WrongJobStateException>(() => jobs.RunJobAsync(held.Id));
        Assert.Contains("lacks a handler", unhandled.Message, StringComparison.Ordinal);
        var done = await jobs.EnqueueAsync(TestTasks.Count, 2);
        await jobs.RunJobAsync(done.Id);
        Assert.Equal(JobState.Completed, (await Assert.ThrowsAsync<WrongJobStateException>(() => jobs.RunJobAsync(done.Id))).State);
    }

    [Fact]
    public async Task Who_waits_for_a_job_gets_its_end_when_the_test_runs_it()
    {
        await using var jobs = Make(b => b.Handle(TestTasks.Double, (int n, JobContext _) => Task.FromResult(2 * n)));
        var running = jobs.RunAsync(TestTasks.Double, 21).AsTask();
        Assert.False(running.IsCompleted);
        await jobs.DrainAsync();
        Assert.Equal(42, await running.WaitAsync(Safety));
    }

    [Fact]
    public async Task A_wait_times_out_on_the_manual_clock()
    {
        await using var jobs = Counting();
        var handle = await jobs.EnqueueAsync(TestTasks.Count, 1);
        var wait = handle.WaitAsync(TimeSpan.FromHours(1)).AsTask();
        jobs.Clock.Advance(TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<JobWaitTimeoutException>(() => wait.WaitAsync(Safety));
    }

    [Fact]
    public async Task The_timeout_of_a_job_is_of_the_manual_clock()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var jobs = Make(b => b.Handle(TestTasks.Count, async (int _, JobContext job) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, job.Cancellation);
        }));
        await jobs.EnqueueAsync(TestTasks.Count, 1, o =>
        {
            o.Timeout = TimeSpan.FromMinutes(10);
            o.MaxAttempts = 1;
        });
        var run = jobs.RunNextAsync();
        await started.Task.WaitAsync(Safety);
        jobs.Clock.Advance(TimeSpan.FromMinutes(10));
        var job = await run.WaitAsync(Safety);
        Assert.Equal(JobState.Dead, job!.State);
        Assert.Equal(nameof(JobTimeoutException), job.Snapshot.LastError!.Type.Split('.')[^1]);
    }

    [Fact]
    public async Task A_running_job_can_be_cancelled_and_its_handler_hears_of_it()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var jobs = Make(b => b.Handle(TestTasks.Count, async (int _, JobContext job) =>
        {
            job.ReportProgress(50);
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, job.Cancellation);
        }));
        var handle = await jobs.EnqueueAsync(TestTasks.Count, 1);
        var run = jobs.RunNextAsync();
        await started.Task.WaitAsync(Safety);
        Assert.Equal(JobState.Running, jobs.First!.State);
        Assert.Equal(50, jobs.First!.Snapshot.Progress!.Percent);
        await handle.CancelAsync();
        Assert.Equal(JobState.Cancelled, (await run.WaitAsync(Safety))!.State);
    }

    [Fact]
    public async Task Handlers_get_services_the_queue_and_the_clock()
    {
        await using var jobs = new TestJobs(
            message => Assert.Fail(message),
            b => b.Handle(TestTasks.SendMail, (Mail mail, List<string> sent, IJobClient client, TimeProvider clock, JobContext job) =>
            {
                sent.Add($"{mail.To} {clock.GetUtcNow():yyyy} {client is TestJobs} {job.Worker}");
            }),
            services => services.AddSingleton(new List<string>()));
        await jobs.EnqueueAsync(TestTasks.SendMail, new Mail("a"));
        await jobs.DrainAsync();
        Assert.Equal(["a 2030 True test"], jobs.Services.GetRequiredService<List<string>>());
    }

    [Fact]
    public async Task Bound_tasks_enqueue_here_and_policies_of_the_service_hold()
    {
        var task = TaskDefinition.Create<int>("bound");
        await using (var jobs = Make(b =>
        {
            b.OnUnknownTask = UnknownTaskPolicy.Reject;
            b.BindTasks().Handle(task, (int _, JobContext _) => Task.CompletedTask);
        }))
        {
            await task.EnqueueAsync(1);
            Assert.True(jobs.Total(1));
            await Assert.ThrowsAsync<TaskNotRegisteredException>(async () => await jobs.EnqueueAsync(TestTasks.Count, 1));
            await Assert.ThrowsAsync<TaskNotRegisteredException>(async () => await jobs.EnqueueManyAsync(TestTasks.Count, []));
        }

        await Assert.ThrowsAsync<TaskNotBoundException>(async () => await task.EnqueueAsync(1));
    }

    [Fact]
    public async Task The_end_of_the_queue_ends_waits_and_does_not_wait_for_handlers()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource();
        var jobs = Make(b => b.Handle(TestTasks.Count, (int _, JobContext _) =>
        {
            started.SetResult();
            return never.Task;
        }));
        var handle = await jobs.EnqueueAsync(TestTasks.Count, 1);
        var wait = handle.WaitAsync().AsTask();
        _ = jobs.RunNextAsync();
        await started.Task.WaitAsync(Safety);
        await jobs.DisposeAsync().AsTask().WaitAsync(Safety);
        await Assert.ThrowsAsync<ServiceStoppedException>(() => wait.WaitAsync(Safety));
        await Assert.ThrowsAsync<ServiceStoppedException>(async () => await jobs.EnqueueAsync(TestTasks.Count, 1));
        await Assert.ThrowsAsync<ServiceStoppedException>(() => jobs.RunNextAsync());
    }

    private static TestJobs Make(Action<JobsBuilder> configure) => new(message => Assert.Fail(message), configure);

    private TestJobs Counting(Action<JobsBuilder>? more = null) => Make(b =>
    {
        b.Handle(TestTasks.Count, (int number, JobContext _) =>
        {
            _ran.Add(number);
            return Task.CompletedTask;
        });
        more?.Invoke(b);
    });
}
