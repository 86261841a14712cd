using Jobs.Conformance;

namespace Jobs.Core.Tests.Embedded;

/// <summary>What happens to whoever waits for an engine that stops, and to what is on its way to the store then.</summary>
public sealed class EngineStopTests
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");
    private static readonly TaskDefinition<string> Doomed = TaskDefinition.Create<string>("doomed", o => o.MaxAttempts = 1);

    [Fact]
    public async Task It_can_be_disposed_twice_and_stopped_afterwards()
    {
        var engine = await EmbeddedJobs.StartAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        await Task.WhenAll(engine.DisposeAsync().AsTask(), engine.StopAsync(), engine.DisposeAsync().AsTask()).Soon();
        await engine.DisposeAsync().Soon();
        await engine.StopAsync().Soon();
    }

    [Fact]
    public async Task A_question_whose_answer_is_on_its_way_when_it_stops_is_answered()
    {
        var clock = new StopClock();
        var callback = new Signal();
        var called = new Signal();
        var store = new HoldableStore(new InMemoryJobStore());
        await using var engine = await EmbeddedJobs.StartAsync(b =>
        {
            b.Clock = clock;
            b.StopTime = StopClock.StopTime;
            b.UseStore(_ => store).Handle(Doomed, (_, _) => throw new FormatException()).Handle(Work, (_, _) => Task.CompletedTask);
            b.OnExhausted(Doomed, _ =>
            {
                called.Set();
                return callback.Task;
            });
        });
        var job = await engine.Client.EnqueueAsync(Work, "x", o => o.After(TimeSpan.FromHours(1)));
        await engine.Client.EnqueueAsync(Doomed, "x");
        await called.Task.Soon();
        var stopping = engine.StopAsync(TestContext.Current.CancellationToken);
        await clock.Waits.Soon();
        store.Hold();
        var answer = engine.Client.ChangePriorityAsync(job.Id, (Priority)7).AsTask();
        var behind = engine.Client.CancelAsync(job.Id).AsTask();
        await store.Arrived.Soon();
        callback.Set();
        await stopping.Soon();
        store.Release();
        Assert.Equal((Priority)7, (await answer.Soon()).Priority);
        await Assert.ThrowsAsync<ServiceStoppedException>(() => behind.Soon());
    }

    [Fact]
    public async Task An_outcome_that_the_store_failed_to_take_is_written_before_it_stops()
    {
        var inner = new InMemoryJobStore();
        var held = new HeldHandler();
        var store = new HoldableStore(inner);
        await using var engine = await EmbeddedJobs.StartAsync(b => b.UseStore(_ => store).Handle(Work, held.RunAsync));
        var job = await engine.Client.EnqueueAsync(Work, "x");
        await held.Runs.Reaches(1).Soon();
        Assert.Equal(JobState.Running, (await engine.Client.GetAsync(job.Id)).State);
        store.FailNext(1);
        held.Release();
        await engine.StopAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal(JobState.Completed, (await inner.FindAsync(job.Id, CancellationToken.None))!.State);
    }

    [Fact]
    public async Task It_stops_although_the_store_takes_no_outcome_any_more()
    {
        var inner = new InMemoryJobStore();
        var held = new HeldHandler();
        var store = new HoldableStore(inner);
        await using var engine = await EmbeddedJobs.StartAsync(b =>
        {
            b.StopTime = TimeSpan.Zero;
            b.UseStore(_ => store).Handle(Work, held.RunAsync);
        });
        var job = await engine.Client.EnqueueAsync(Work, "x");
        await held.Runs.Reaches(1).Soon();
        store.FailNext(int.MaxValue);
        held.Release();
        await engine.StopAsync(TestContext.Current.CancellationToken).Soon();
        Assert.NotEqual(JobState.Completed, (await inner.FindAsync(job.Id, CancellationToken.None))!.State);
    }

    [Fact]
    public async Task An_enqueue_that_waits_for_room_hears_of_the_stop()
    {
        await using var engine = await EmbeddedJobs.StartAsync(b => b
            .Queue(QueueName.Default, q =>
            {
                q.CapacityJobs = 1;
                q.WaitForRoom = TimeSpan.FromDays(100);
            })
            .Handle(Work, (_, _) => Task.CompletedTask));
        await engine.Client.EnqueueAsync(Work, "x", o => o.After(TimeSpan.FromHours(1)));
        var waiting = engine.Client.EnqueueAsync(Work, "y").AsTask();
        Assert.False(waiting.IsCompleted);
        await engine.StopAsync(TestContext.Current.CancellationToken).Soon();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => waiting.Soon());
    }

    [Fact]
    public async Task Who_begins_to_wait_after_the_stop_hears_of_it()
    {
        var waiters = new ResultWaiters();
        waiters.FailAll(new ServiceStoppedException("wait for jobs"));
        var (ending, _) = waiters.Join(new JobIdSource(new ManualClock(), new Random(1)).Next(QueueName.Default, 0));
        await Assert.ThrowsAsync<ServiceStoppedException>(() => ending.Soon());
    }

    [Fact]
    public async Task Who_waits_for_a_job_that_is_retried_does_not_get_its_former_end_although_others_still_hold_that()
    {
        var (runs, fails) = (0, new Signal());
        await using var engine = await EmbeddedJobs.StartAsync(b => b.Handle(Doomed, async (_, _) =>
        {
            if (Interlocked.Increment(ref runs) > 1) return;
            await fails.Task;
            throw new FormatException();
        }));
        var job = await engine.Client.EnqueueAsync(Doomed, "x");
        var (former, _) = engine.Waiters.Join(job.Id);
        fails.Set();
        Assert.Equal(JobState.Dead, (await job.WaitAsync().Soon()).State);
        await engine.Client.RetryAsync(job.Id).Soon();
        Assert.Equal(JobState.Completed, (await job.WaitAsync().Soon()).State);
        Assert.Equal(JobState.Dead, (await former.Soon()).State);
    }

    [Fact]
    public async Task A_fault_on_the_turn_of_a_partition_that_comes_back_keeps_nobody_waiting()
    {
        var inner = new InMemoryJobStore();
        await using var first = await EmbeddedJobs.StartAsync(b => b.UseStore(_ => inner).Handle(Work, (_, _) => Task.CompletedTask));
        var job = await first.Client.EnqueueAsync(Work, "x", o => o.After(TimeSpan.FromHours(1)));
        await first.StopAsync(TestContext.Current.CancellationToken);
        var errors = new ErrorRecorder();
        await using var engine = await EmbeddedJobs.StartAsync(b =>
        {
            b.OwnerLease = TimeSpan.FromMilliseconds(200);
            b.UseStore(_ => new BadPageStore(inner)).AddObserver(errors);
            b.Handle(Work, (_, _) => Task.CompletedTask);
        });
        await errors.Errors.Reaches(1).Soon();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => engine.Client.CancelAsync(job.Id).Soon());
        await engine.StopAsync(TestContext.Current.CancellationToken).Soon();
    }

    private sealed class ErrorRecorder : IJobObserver
    {
        internal Recording<Exception> Errors { get; } = new();

        public void WorkerError(Exception error) => Errors.Add(error);
    }

    /// <summary>Tells when the stop has got as far as waiting for callbacks: everything else that was under way is committed by then.</summary>
    private sealed class StopClock : TimeProvider
    {
        internal static readonly TimeSpan StopTime = TimeSpan.FromHours(7);
        private readonly Signal _waits = new();

        internal Task Waits => _waits.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == StopTime) _waits.Set();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    private sealed class BadPageStore(IJobStore inner) : StoreDecorator(inner)
    {
        public override ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation) =>
            new((IReadOnlyList<JobRecord>)null!);
    }
}
