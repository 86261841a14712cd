using Jobs.Core;

namespace Jobs.Testing.Tests;

public sealed class InlineJobsTests
{
    private static readonly TimeSpan Safety = TimeSpan.FromSeconds(120);

    private readonly List<string> _steps = [];

    [Fact]
    public async Task An_enqueue_returns_when_its_job_has_ended()
    {
        var local = new AsyncLocal<string?> { Value = "mine" };
        await using var jobs = Make(b => b.Handle(TestTasks.Count, async (int n, JobContext _) =>
        {
            await Task.Yield();
            _steps.Add($"{n} {local.Value}");
        }));
        await jobs.EnqueueManyAsync(TestTasks.Count, [1, 2]);
        _steps.Add("enqueued");
        Assert.Equal(["1 mine", "2 mine", "enqueued"], _steps);
        Assert.All(jobs.All, job => Assert.Equal(JobState.Completed, job.State));
        Assert.True(jobs.Total(2));
    }

    [Fact]
    public async Task Results_can_be_awaited()
    {
        await using var jobs = Make(b => b.Handle(TestTasks.Double, (int n, JobContext _) => Task.FromResult(2 * n)));
        Assert.Equal(42, await jobs.RunAsync(TestTasks.Double, 21, o => o.Retention = RetentionPolicy.None));
        var handle = await jobs.EnqueueAsync(TestTasks.Double, 4);
        Assert.Equal(8, await handle.ResultAsync());
    }

    [Fact]
    public async Task An_id_may_be_used_again_if_that_is_said()
    {
        await using var jobs = Make(b => b.Handle(TestTasks.Count, (int n, JobContext _) => _steps.Add($"{n}")));
        var id = JobId.FromName(QueueName.Default, "one");
        await jobs.EnqueueAsync(TestTasks.Count, 1, o => o.WithId(id, JobIdScope.Live));
        await jobs.EnqueueAsync(TestTasks.Count, 2, o => o.WithId(id, JobIdScope.Live));
        await Assert.ThrowsAsync<DuplicateJobException>(() => jobs.EnqueueAsync(TestTasks.Count, 3, o => o.WithId(id)).AsTask());
        Assert.Equal(["1", "2"], _steps);
        Assert.Equal((id, JobState.Completed), (Assert.Single(jobs.All).Id, Assert.Single(jobs.All).State));
    }

    [Fact]
    public async Task Retries_run_at_once_in_virtual_time_and_errors_stay_with_the_job()
    {
        await using var jobs = Make(b => b.Handle(TestTasks.Flaky, (int n, JobContext job, TimeProvider clock) =>
        {
            _steps.Add($"{job.Attempt} at {clock.GetUtcNow():HH:mm}");
            if (job.Attempt <= n) throw new InvalidOperationException("no");
        }));
        var handle = await jobs.EnqueueAsync(TestTasks.Flaky, 2);
        Assert.Equal(["1 at 00:00", "2 at 00:01", "3 at 00:03"], _steps);
        await handle.CompletionAsync();
        var dead = await jobs.EnqueueAsync(TestTasks.Flaky, 9);
        await Assert.ThrowsAsync<JobFailedException>(async () => await dead.CompletionAsync());
    }

    [Fact]
    public async Task Delays_are_skipped()
    {
        await using var jobs = Make(b => b.Handle(TestTasks.Count, (int _) => _steps.Add("ran")));
        await jobs.EnqueueAsync(TestTasks.Count, 1, o => o.After(TimeSpan.FromDays(3650)));
        Assert.Equal(["ran"], _steps);
        Assert.Equal(ManualTimeProvider.DefaultStart.AddDays(3650), jobs.Clock.GetUtcNow());
    }

    [Fact]
    public async Task What_a_handler_enqueues_runs_within_it_unless_it_is_delayed()
    {
        await using var jobs = Make(b => b.Handle(TestTasks.Count, async (int n, IJobClient client) =>
        {
            _steps.Add($"{n} begins");
            if (n == 1)
            {
                await client.EnqueueAsync(TestTasks.Count, 3, o => o.After(TimeSpan.FromDays(2)));
                await client.EnqueueAsync(TestTasks.Count, 2, o => o.After(TimeSpan.FromDays(1)));
                await client.EnqueueAsync(TestTasks.Count, 4);
            }

            _steps.Add($"{n} ends");
        }));
        await jobs.EnqueueAsync(TestTasks.Count, 1);
        Assert.Equal(["1 begins", "4 begins", "4 ends", "1 ends", "2 begins", "2 ends", "3 begins", "3 ends"], _steps);
        Assert.Equal(ManualTimeProvider.DefaultStart.AddDays(2), jobs.Clock.GetUtcNow());
    }

    [Fact]
    public async Task A_handler_can_await_a_job_that_is_delayed_and_fails_at_first()
    {
        await using var jobs = Make(b =>
        {
            b.Handle(TestTasks.Count, async (int n, IJobClient client) =>
            {
                var doubled = await client.RunAsync(TestTasks.Double, n, o => o.After(TimeSpan.FromDays(1)));
                _steps.Add($"{doubled}");
            });
            b.Handle(TestTasks.Double, (int n, JobContext job) => job.Attempt == 1 ? throw new InvalidOperationException() : Task.FromResult(2 * n));
        });
        await jobs.EnqueueAsync(TestTasks.Count, 21).AsTask().WaitAsync(Safety);
        Assert.Equal(["42"], _steps);
    }

    [Fact]
    public async Task A_job_that_reschedules_itself_stays_scheduled()
    {
        await using var jobs = Make(b => b.Handle(
            TestTasks.Count, (int _, JobContext _) => Task.FromResult<JobOutcome>(JobOutcome.RescheduleBy(CronExpression.Parse("@daily")))));
        await jobs.EnqueueAsync(TestTasks.Count, 1);
        Assert.Equal(JobState.Scheduled, jobs.First!.State);
        Assert.Equal(7, (await jobs.DrainForAsync(TimeSpan.FromDays(7))).Rescheduled);
    }

    [Fact]
    public async Task A_job_behind_its_own_group_runs_when_the_outermost_has_ended()
    {
        await using var jobs = Make(b => b.Handle(TestTasks.Count, async (int n, IJobClient client) =>
        {
            if (n == 1) await client.EnqueueAsync(TestTasks.Count, 2, o => o.GroupKey = "g");
            _steps.Add($"{n}");
        }));
        await jobs.EnqueueAsync(TestTasks.Count, 1, o => o.GroupKey = "g");
        Assert.Equal(["1", "2"], _steps);
    }

    [Fact]
    public async Task A_job_without_handler_and_a_duplicate_are_enqueued_only()
    {
        await using var jobs = Make(_ => { });
        await jobs.EnqueueAsync(TestTasks.Count, 1, o => o.UniqueKey = "k");
        jobs.Registry.Handle(TestTasks.Count, (int n, JobContext _) => Task.CompletedTask);
        Assert.True((await jobs.EnqueueAsync(TestTasks.Count, 2, o => o.UniqueKey = "k")).AlreadyExisted);
        Assert.Equal(JobState.Pending, jobs.First!.State);
        Assert.Equal(1, (await jobs.DrainAsync()).Completed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_chain_without_end_meets_the_limit(bool delayed)
    {
        await using var jobs = Make(
            b => b.Handle(TestTasks.Count, async (int n, IJobClient client) =>
                await client.EnqueueAsync(TestTasks.Count, n + 1, o => o.Delay = delayed ? TimeSpan.FromDays(1) : null)),
            maxRuns: 500);
        var error = await Assert.ThrowsAsync<DrainLimitException>(async () => await jobs.EnqueueAsync(TestTasks.Count, 1).AsTask().WaitAsync(Safety));
        Assert.Equal(500, error.MaxRuns);
        Assert.Throws<ArgumentOutOfRangeException>(() => new InlineJobs(Assert.Fail, maxRuns: 0));
    }

    [Fact]
    public async Task A_chain_that_awaits_itself_without_end_meets_the_limit_and_not_the_end_of_the_stack()
    {
        await using var jobs = Make(
            b => b.Handle(TestTasks.Double, async (int n, IJobClient client) => await client.RunAsync(TestTasks.Double, n + 1)), maxRuns: 3000);
        await Assert.ThrowsAsync<DrainLimitException>(async () => await jobs.RunAsync(TestTasks.Double, 1).AsTask().WaitAsync(Safety));
    }

    [Fact]
    public async Task A_deep_chain_runs_to_its_end()
    {
        await using var jobs = Make(b => b.Handle(TestTasks.Count, async (int n, IJobClient client) =>
        {
            if (n < 1000) await client.EnqueueAsync(TestTasks.Count, n + 1);
        }));
        await jobs.EnqueueAsync(TestTasks.Count, 1).AsTask().WaitAsync(Safety);
        Assert.True(jobs.Total(1000));
        Assert.All(jobs.All, job => Assert.Equal(JobState.Completed, job.State));
    }

    [Fact]
    public async Task Bound_tasks_and_exhaustion_callbacks_are_inline_too()
    {
        var task = TaskDefinition.Create<int>("bound-inline", o => o.MaxAttempts = 1);
        InlineJobs? jobs = null;
        jobs = Make(b =>
        {
            b.BindTasks().Handle(task, (int _, JobContext _) => throw new InvalidOperationException("no"));
            b.Handle(TestTasks.SendMail, (Mail mail) => _steps.Add(mail.To));
            b.OnExhausted(task, async job =>
            {
                await jobs!.EnqueueAsync(TestTasks.SendMail, new Mail("told"));
                _steps.Add("callback ends");
            });
        });
        await using var _ = jobs;
        await task.EnqueueAsync(1).AsTask().WaitAsync(Safety);
        Assert.Equal(["told", "callback ends"], _steps);
    }

    private static InlineJobs Make(Action<JobsBuilder> configure, int maxRuns = TestJobs.DefaultMaxRuns) =>
        new(message => Assert.Fail(message), configure, maxRuns: maxRuns);
}
