using Jobs.Conformance;
using Jobs.Core.Tests.Errors;

namespace Jobs.Core.Tests.Embedded;

/// <summary>A partition is lost, with its process or without, and opened anew (rules I4, I6, I7).</summary>
public sealed class LostPartitionTests
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work", o => o.MaxAttempts = 3);

    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_refused_outcome_is_written_by_the_next_ownership_and_nothing_runs_twice()
    {
        var memory = new InMemoryJobStore();
        var store = new RefusingStore(memory);
        var (ends, goesOn) = (new HeldHandler(), new HeldHandler());
        await using var engine = await StartAsync(store, "only", (payload, job) => (payload == "ends" ? ends : goesOn).RunAsync(payload, job));
        var (first, second) = (await engine.Client.EnqueueAsync(Work, "ends"), await engine.Client.EnqueueAsync(Work, "goes on"));
        await ends.Runs.Reaches(1).Soon();
        await goesOn.Runs.Reaches(1).Soon();

        store.RefuseNextEnd(new CommitVerdict.Conflict(first.Id));
        ends.Release();
        await store.Refused.Soon();
        Assert.Equal(JobState.Completed, (await AdvanceUntil(first.WaitAsync().AsTask())).State);
        var third = await AdvanceUntil(engine.Client.EnqueueAsync(Work, "ends").AsTask());
        goesOn.Release();
        Assert.Equal(JobState.Completed, (await AdvanceUntil(second.WaitAsync().AsTask())).State);
        ends.Release();
        Assert.Equal(JobState.Completed, (await AdvanceUntil(third.WaitAsync().AsTask())).State);
        Assert.Equal((2, 1), (ends.Runs.Items.Count, goesOn.Runs.Items.Count));
        Assert.Equal(0, (await engine.Client.FindAsync(second.Id))!.LostDeliveries);
    }

    [Fact]
    public async Task A_partition_that_was_taken_and_given_back_is_opened_anew()
    {
        var memory = new InMemoryJobStore();
        var handler = new HeldHandler();
        await using var engine = await StartAsync(memory, "only", handler.RunAsync);
        var running = await engine.Client.EnqueueAsync(Work, "running");
        await handler.Runs.Reaches(1).Soon();
        await memory.OwnAsync(new PartitionKey("default", 0), "somebody else", default);
        await memory.ReleaseAsync("somebody else", default);
        var behind = await AdvanceUntil(engine.Client.EnqueueAsync(Work, "behind").AsTask());

        // The handler of the job that went to the other owner is told to stop, and the job runs again.
        await handler.Runs.Reaches(3).Soon();
        Assert.True(handler.Runs.Items[0].Cancellation.IsCancellationRequested);
        handler.Release(3);
        foreach (var job in new[] { running, behind }) Assert.Equal(JobState.Completed, (await AdvanceUntil(job.WaitAsync().AsTask())).State);
    }

    [Fact]
    public async Task An_enqueue_that_is_on_its_way_when_its_partition_fails_goes_to_the_next_owner()
    {
        var store = new HoldableStore(new InMemoryJobStore());
        var runs = new Recording<string>();
        await using var engine = await StartAsync(store, "only", (payload, _) =>
        {
            runs.Add(payload);
            return Task.CompletedTask;
        });
        var failing = engine.FindQueue(QueueName.Default)!.Find(0)!;
        store.Hold();
        var enqueue = engine.Client.EnqueueAsync(Work, "x").AsTask();
        await store.Arrived.Soon();
        failing.Post(new FaultyMail());
        while (engine.FindQueue(QueueName.Default)!.Find(0) is null)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }

        // The partition is open again, under another epoch; so the enqueue is refused, and made again.
        Assert.NotSame(failing, engine.FindQueue(QueueName.Default)!.Find(0));
        store.Release();

        var job = await AdvanceUntil(enqueue);
        Assert.Equal(JobState.Completed, (await AdvanceUntil(job.WaitAsync().AsTask())).State);
        Assert.Equal("x", Assert.Single(runs.Items));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task A_process_that_was_silent_asks_before_it_runs_what_another_owner_may_have(bool doubts, int runs)
    {
        var memory = new InMemoryJobStore();
        var handler = new HeldHandler();
        await using var engine = await EmbeddedJobs.StartAsync(b =>
        {
            b.Clock = _clock;
            b.DrainTime = b.StopTime = TimeSpan.Zero;
            b.DoubtAfter = doubts ? TimeSpan.Zero : TimeSpan.MaxValue;
            b.UseStore(_ => memory).Handle(Work, handler.RunAsync);
        });
        handler.Release(2);
        var job = await engine.Client.EnqueueAsync(Work, "x", o => o.After(TimeSpan.FromMinutes(1)));
        await memory.OwnAsync(new PartitionKey("default", 0), "somebody else", default);
        await memory.ReleaseAsync("somebody else", default);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(JobState.Completed, (await AdvanceUntil(job.WaitAsync().AsTask())).State);
        Assert.Equal(runs, handler.Runs.Items.Count);
    }

    [Fact]
    public async Task A_job_that_kills_its_process_runs_out_of_attempts()
    {
        var memory = new InMemoryJobStore();
        var starts = new Recording<(int Attempt, JobState Stored)>();
        JobId? killer = null;
        JobSnapshot? end = null;
        var lives = 0;
        for (; end is null && lives < 10; lives++)
        {
            // No engine is stopped before the end: each is lost in the middle of the job, with whatever it had not written.
            var store = new MortalStore(memory);
            var engine = await StartAsync(store, $"life {lives}", async (_, job) =>
            {
                starts.Add((job.Attempt, (await memory.FindAsync(job.Id, default))!.State));
                store.Die();
                await new TaskCompletionSource().Task.WaitAsync(job.Cancellation);
            });
            killer ??= (await engine.Client.EnqueueAsync(Work, "x")).Id;
            await Task.WhenAny(store.Died, engine.Client.WaitAsync(killer.Value).AsTask()).Soon();
            if (!store.Died.IsCompleted) end = await engine.Client.WaitAsync(killer.Value).AsTask().Soon();
        }

        Assert.Equal(JobState.Dead, end!.State);
        Assert.Equal([1, 1, 2, 3], starts.Items.Select(s => s.Attempt));
        Assert.All(starts.Items.Skip(1), start => Assert.Equal(JobState.Running, start.Stored));
    }

    [Fact, Provokes(typeof(QueueOwnedElsewhereException))]
    public async Task What_another_process_owns_is_refused_after_a_while_and_served_when_that_one_is_gone()
    {
        var store = new SharedStore(new InMemoryJobStore()) { HeldBy = "another one" };
        await using var engine = await StartAsync(store, "only", (_, _) => Task.CompletedTask);
        var refused = engine.Client.EnqueueAsync(Work, "x").AsTask();
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(refused.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("another one", (await Assert.ThrowsAsync<QueueOwnedElsewhereException>(() => refused.Soon())).Owner);

        var served = engine.Client.EnqueueAsync(Work, "x").AsTask();
        store.HeldBy = null;
        await AdvanceUntil(served);
        Assert.Equal(JobState.Completed, (await (await served).WaitAsync().AsTask().Soon()).State);
    }

    private Task<EmbeddedEngine> StartAsync(IJobStore store, string worker, Func<string, JobContext, Task> handler) => EmbeddedJobs.StartAsync(b =>
    {
        b.Clock = _clock;
        b.WorkerName = worker;
        b.DrainTime = b.StopTime = TimeSpan.Zero;
        b.UseStore(_ => store).Handle(Work, handler);
    });

    private async Task<T> AdvanceUntil<T>(Task<T> task)
    {
        // Longer than it takes until a partition that was lost is claimed again.
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(2), task).Soon();
        return await task;
    }

    /// <summary>Refuses one unit that ends a job, without writing it, as a store does whose data somebody else has changed.</summary>
    private sealed class RefusingStore(IJobStore inner) : StoreDecorator(inner)
    {
        private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private CommitVerdict? _next;

        internal Task Refused => _refused.Task;

        internal void RefuseNextEnd(CommitVerdict verdict) => Volatile.Write(ref _next, verdict);

        public override async ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
        {
            var refused = Volatile.Read(ref _next) is null ? -1 : units.ToList().FindIndex(unit => unit.Changes.Any(c => c.Transition.Ends));
            if (refused < 0) return await base.CommitAsync(units, cancellation);
            var verdicts = (await base.CommitAsync([.. units.Where((_, i) => i != refused)], cancellation)).ToList();
            verdicts.Insert(refused, Interlocked.Exchange(ref _next, null)!);
            _refused.TrySetResult();
            return verdicts;
        }
    }

    /// <summary>A fault of the library on the partition's turn.</summary>
    private sealed class FaultyMail : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => throw new InvalidOperationException("a fault");
    }

    /// <summary>A store whose partitions another process may have.</summary>
    private sealed class SharedStore(IJobStore inner) : StoreDecorator(inner)
    {
        internal string? HeldBy { get; set; }

        public override async ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation) =>
            HeldBy is { } other ? new PartitionClaim.Held(other) : await base.ClaimAsync(partition, claim, cancellation);
    }

    /// <summary>A store that writes nothing more after the death of its process, and answers nobody.</summary>
    private sealed class MortalStore(IJobStore inner) : StoreDecorator(inner)
    {
        private readonly TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Died => _died.Task;

        internal void Die() => _died.TrySetResult();

        public override async ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
        {
            // Starts that nobody waits for come too late: the process is dead by then.
            var isLazyStart = units.All(unit => unit is StartUnit);
            if (_died.Task.IsCompleted || isLazyStart) return await Never(cancellation);
            return await base.CommitAsync(units, cancellation);
        }

        private static async Task<IReadOnlyList<CommitVerdict>> Never(CancellationToken cancellation)
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellation);
            return [];
        }
    }
}
