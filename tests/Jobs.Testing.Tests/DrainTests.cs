using Jobs.Core;

namespace Jobs.Testing.Tests;

public sealed class DrainTests
{
    private readonly List<DateTimeOffset> _ran = [];

    [Fact]
    public async Task Drains_what_is_due_and_what_handlers_enqueue()
    {
        await using var jobs = Make(b => b.Handle(TestTasks.Count, async (int n, IJobClient client) =>
        {
            if (n > 0) await client.EnqueueAsync(TestTasks.Count, n - 1);
        }));
        await jobs.EnqueueAsync(TestTasks.Count, 5);
        await jobs.EnqueueAsync(TestTasks.Count, 0, o => o.After(TimeSpan.FromHours(1)));
        var summary = await jobs.DrainAsync();
        Assert.Equal(new DrainSummary { Runs = 6, Completed = 6, Left = 1 }, summary);
        Assert.Equal(ManualTimeProvider.DefaultStart, jobs.Clock.GetUtcNow());
        Assert.Equal(new DrainSummary(), await new TestJobs(Assert.Fail).DrainAsync());
    }

    [Fact]
    public async Task Delays_of_years_are_over_at_once()
    {
        await using var jobs = Timed();
        foreach (var years in new[] { 90, 1, 10 }) await jobs.EnqueueAsync(TestTasks.Count, years, o => o.After(TimeSpan.FromDays(365 * years)));
        var summary = await jobs.DrainAsync(advanceTime: true);
        Assert.Equal(new DrainSummary { Runs = 3, Completed = 3 }, summary);
        Assert.Equal(new[] { 1, 10, 90 }.Select(y => ManualTimeProvider.DefaultStart.AddDays(365 * y)), _ran);
        Assert.Equal(_ran[^1], jobs.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Retries_run_when_their_backoff_is_over()
    {
        await using var jobs = Make(b => b.Handle(TestTasks.Flaky, (int _, JobContext _) =>
        {
            _ran.Add(Now(b));
            throw new InvalidOperationException("no");
        }));
        await jobs.EnqueueAsync(TestTasks.Flaky, 1);
        Assert.Equal(new DrainSummary { Runs = 1, Retried = 1, Left = 1 }, await jobs.DrainAsync());
        Assert.Equal(JobState.Retrying, jobs.First!.State);
        Assert.Equal(new DrainSummary { Runs = 3, Retried = 2, Dead = 1 }, await jobs.DrainAsync(advanceTime: true));
        Assert.Equal(new[] { 0, 1, 3, 7 }.Select(m => ManualTimeProvider.DefaultStart.AddMinutes(m)), _ran);
        Assert.Equal(JobState.Dead, jobs.First!.State);
        Assert.Equal(4, jobs.First!.Snapshot.Errors.Count);
    }

    [Fact]
    public async Task A_job_that_reschedules_itself_by_cron_runs_at_each_firing()
    {
        var cron = CronExpression.Parse("0 9 * * MON");
        await using var jobs = Make(b => b.Handle(TestTasks.Count, (int _, JobContext _) =>
        {
            _ran.Add(Now(b));
            return Task.FromResult<JobOutcome>(_ran.Count < 4 ? JobOutcome.RescheduleBy(cron) : JobOutcome.Done());
        }));
        await jobs.EnqueueAsync(TestTasks.Count, 1);
        var summary = await jobs.DrainAsync(advanceTime: true);
        Assert.Equal(new DrainSummary { Runs = 4, Rescheduled = 3, Completed = 1 }, summary);
        Assert.Equal(
            ["2030-01-01 00:00", "2030-01-07 09:00", "2030-01-14 09:00", "2030-01-21 09:00"],
            _ran.Select(t => t.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_job_that_never_ends_meets_the_limit()
    {
        await using var jobs = Make(b => b.Handle(
            TestTasks.Count, (int _, JobContext _) => Task.FromResult<JobOutcome>(JobOutcome.RescheduleAfter(TimeSpan.FromDays(1)))));
        await jobs.EnqueueAsync(TestTasks.Count, 1);
        var error = await Assert.ThrowsAsync<DrainLimitException>(() => jobs.DrainAsync(advanceTime: true, maxRuns: 20));
        Assert.Equal(20, error.MaxRuns);
        Assert.Equal(20, error.Summary.Rescheduled);
        Assert.Equal("count 1 (Pending)", error.Next);
        Assert.Contains("DrainForAsync", error.Message, StringComparison.Ordinal);
        var all = await Assert.ThrowsAsync<DrainLimitException>(() => jobs.DrainAsync(advanceTime: true));
        Assert.Equal(10_000, all.Summary.Runs);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => jobs.DrainAsync(maxRuns: 0));
    }

    [Fact]
    public async Task As_many_as_the_limit_are_no_error()
    {
        await using var jobs = Timed();
        await jobs.EnqueueManyAsync(TestTasks.Count, [.. Enumerable.Range(0, 20)]);
        Assert.Equal(20, (await jobs.DrainAsync(maxRuns: 20)).Completed);
    }

    [Fact]
    public async Task Drain_for_a_time_runs_what_falls_due_and_ends_at_that_time()
    {
        await using var jobs = Make(b => b.Handle(TestTasks.Count, (int _, JobContext _) =>
        {
            _ran.Add(Now(b));
            return Task.FromResult<JobOutcome>(JobOutcome.RescheduleBy(CronExpression.Parse("@daily")));
        }));
        await jobs.EnqueueAsync(TestTasks.Count, 1);
        jobs.Clock.Advance(TimeSpan.FromHours(12));
        var summary = await jobs.DrainForAsync(TimeSpan.FromDays(7));
        Assert.Equal(new DrainSummary { Runs = 8, Rescheduled = 8, Left = 1 }, summary);
        Assert.Equal(ManualTimeProvider.DefaultStart.AddDays(7.5), jobs.Clock.GetUtcNow());
        Assert.Equal(ManualTimeProvider.DefaultStart.AddDays(7), _ran[^1]);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => jobs.DrainForAsync(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public async Task Every_ending_is_counted()
    {
        await using var jobs = Make(b =>
        {
            b.Handle(TestTasks.Count, async (int n, JobContext job, IJobClient client) =>
            {
                if (n == 4) await client.CancelAsync(job.Id);
                if (n == 5) await client.DeleteAsync(job.Id, whenRunning: true);
                if (n == 6) throw new InvalidOperationException();
                return n switch
                {
                    1 => JobOutcome.Discard("unwanted"),
                    2 => JobOutcome.DeadLetter("bad"),
                    3 => JobOutcome.RescheduleAfter(TimeSpan.FromDays(1)),
                    _ => JobOutcome.Done(),
                };
            });
        });
        await jobs.EnqueueManyAsync(TestTasks.Count, [0, 1, 2, 3, 4, 5, 6]);
        await jobs.EnqueueAsync(TestTasks.SendMail, new Mail("no handler"));
        var summary = await jobs.DrainAsync();
        Assert.Equal(
            new DrainSummary { Runs = 7, Completed = 1, Discarded = 2, Dead = 1, Rescheduled = 1, Cancelled = 1, Retried = 1, Left = 3 }, summary);
        Assert.Equal(7, jobs.All.Count);
    }

    [Fact]
    public async Task A_job_without_handler_does_not_move_the_time()
    {
        await using var jobs = Timed();
        await jobs.EnqueueAsync(TestTasks.SendMail, new Mail("x"), o => o.After(TimeSpan.FromDays(1)));
        Assert.Equal(new DrainSummary { Left = 1 }, await jobs.DrainAsync(advanceTime: true));
        Assert.Equal(ManualTimeProvider.DefaultStart, jobs.Clock.GetUtcNow());
        jobs.Registry.Handle(TestTasks.SendMail, (Mail _, JobContext _) => Task.CompletedTask);
        Assert.Equal(1, (await jobs.DrainAsync(advanceTime: true)).Completed);
    }

    [Fact]
    public async Task Unknown_tasks_end_as_the_policy_says()
    {
        await using var jobs = Make(b => b.OnUnknownTask = UnknownTaskPolicy.DeadLetter);
        await jobs.EnqueueAsync(TestTasks.Count, 1, o => o.After(TimeSpan.FromDays(1)));
        Assert.Equal(1, (await jobs.DrainAsync(advanceTime: true)).Dead);
    }

    [Fact]
    public async Task OnExhausted_has_been_called_when_a_drain_returns_and_what_it_enqueued_has_run()
    {
        var told = new List<string>();
        TestJobs? jobs = null;
        jobs = Make(b =>
        {
            b.Handle(TestTasks.Flaky, (int _, JobContext _) => throw new InvalidOperationException("no"));
            b.Handle(TestTasks.SendMail, (Mail mail) => told.Add(mail.To));
            b.OnExhausted(TestTasks.Flaky, async job => await jobs!.EnqueueAsync(TestTasks.SendMail, new Mail(job.LastError!.Message)));
        });
        await using var _ = jobs;
        await jobs.EnqueueAsync(TestTasks.Flaky, 1);
        Assert.Equal(1, (await jobs.DrainAsync(advanceTime: true)).Completed);
        Assert.Equal(["no"], told);
    }

    [Fact]
    public async Task Observers_of_the_service_hear_of_it()
    {
        var observer = new Observer();
        await using var jobs = Make(b => b.AddObserver(observer).Handle(TestTasks.Count, (int _, JobContext _) => Task.CompletedTask));
        await jobs.EnqueueAsync(TestTasks.Count, 1);
        await jobs.DrainAsync();
        Assert.Equal(["enqueued", "empty", "started", "completed"], observer.Heard);
    }

    [Fact]
    public async Task What_is_paused_stays()
    {
        await using var jobs = new TestJobs(Assert.Fail, b => b.Handle(TestTasks.Count, (_, _) => Task.CompletedTask));
        var job = await jobs.EnqueueAsync(TestTasks.Count, 1);
        await ((IJobClient)jobs).PauseTaskAsync(TestTasks.Count);
        Assert.Equal(0, (await jobs.DrainAsync()).Runs);
        await ((IJobClient)jobs).ResumeTaskAsync(TestTasks.Count);
        Assert.Equal(1, (await jobs.DrainAsync()).Completed);
        Assert.Equal(JobState.Completed, (await job.GetAsync()).State);
    }

    [Fact]
    public async Task A_drain_stops_between_two_attempts_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await using var jobs = Make(b => b.Handle(TestTasks.Count, (int _, JobContext _) => stop.CancelAsync()));
        await jobs.EnqueueManyAsync(TestTasks.Count, [1, 2]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => jobs.DrainAsync(cancellation: stop.Token));
        Assert.Equal([JobState.Completed, JobState.Pending], jobs.All.Select(j => j.State));
    }

    private static DateTimeOffset Now(JobsBuilder builder) => builder.Clock!.GetUtcNow();

    private static TestJobs Make(Action<JobsBuilder> configure) => new(message => Assert.Fail(message), configure);

    private TestJobs Timed() => Make(b => b.Handle(TestTasks.Count, (int _, TimeProvider clock) => _ran.Add(clock.GetUtcNow())));

    private sealed class Observer : IJobObserver
    {
        internal List<string> Heard { get; } = [];

        public void Enqueued(JobSnapshot job) => Heard.Add("enqueued");

        public void Started(JobSnapshot job) => Heard.Add("started");

        public void Completed(JobSnapshot job) => Heard.Add("completed");

        public void QueueEmpty(QueueName queue) => Heard.Add("empty");
    }
}
