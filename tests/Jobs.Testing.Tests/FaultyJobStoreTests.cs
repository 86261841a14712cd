using Jobs.Core;

namespace Jobs.Testing.Tests;

public sealed class FaultyJobStoreTests : IAsyncDisposable
{
    private static readonly TimeSpan Safety = TimeSpan.FromSeconds(120);

    private readonly InMemoryJobStore _inner = new();
    private readonly JobIdSource _ids = new(TimeProvider.System, new Random(1));
    private long _epoch;

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    [Fact]
    public async Task What_fails_before_changes_nothing()
    {
        var (id, store) = await NewAsync(FaultPlan.EveryNth(1, StoreFault.FailBefore));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(store, id));

        Assert.Null(await FindAsync(id));
        Assert.Equal(1, store.Faults);
    }

    [Fact]
    public async Task What_fails_after_is_done()
    {
        var (id, store) = await NewAsync(FaultPlan.EveryNth(1, StoreFault.FailAfter));

        await Assert.ThrowsAsync<CommitFateUnknownException>(() => CommitAsync(store, id));

        Assert.NotNull(await FindAsync(id));
    }

    [Fact]
    public async Task Of_what_is_not_answered_every_second_call_has_arrived()
    {
        var (_, store) = await NewAsync(FaultPlan.EveryNth(1, StoreFault.LoseAnswer));
        var arrived = new List<bool>();
        for (var i = 0; i < 4; i++)
        {
            var id = NewId();
            await Assert.ThrowsAsync<CommitFateUnknownException>(() => CommitAsync(store, id));
            arrived.Add(await FindAsync(id) is not null);
        }

        Assert.Equal([false, true, false, true], arrived);
    }

    [Fact]
    public async Task A_call_is_held_before_the_store_until_it_is_let_go()
    {
        var gate = new StoreGate();
        var (id, store) = await NewAsync(FaultPlan.EveryNth(1, StoreFault.Hold(gate)));

        var commit = CommitAsync(store, id);
        var held = await gate.NextAsync().AsTask().WaitAsync(Safety);
        Assert.Equal((StoreCallKind.Commit, 1L, id), (held.Call.Kind, held.Call.Number, held.Call.Units[0].Changes[0].Transition.Job.Id));
        Assert.Null(await FindAsync(id));
        Assert.False(commit.IsCompleted);
        held.Release();

        await commit.WaitAsync(Safety);
        Assert.NotNull(await FindAsync(id));
    }

    [Fact]
    public async Task An_answer_is_held_until_the_gate_opens()
    {
        var gate = new StoreGate();
        var (id, store) = await NewAsync(FaultPlan.EveryNth(1, StoreFault.HoldAnswer(gate)));

        var commit = CommitAsync(store, id);
        await gate.NextAsync().AsTask().WaitAsync(Safety);
        Assert.NotNull(await FindAsync(id));
        Assert.False(commit.IsCompleted);
        gate.Open();

        await commit.WaitAsync(Safety);
        await CommitAsync(store, NewId()).WaitAsync(Safety);
    }

    [Fact]
    public async Task A_held_call_can_be_given_up()
    {
        var (id, store) = await NewAsync(FaultPlan.EveryNth(1, StoreFault.Hold(new StoreGate())));
        using var giveUp = new CancellationTokenSource();
        var commit = store.CommitAsync([Insert(id)], giveUp.Token).AsTask();

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => commit.WaitAsync(Safety));
    }

    [Fact]
    public async Task Every_nth_call_of_one_kind_fails_and_no_other()
    {
        var (_, store) = await NewAsync(FaultPlan.EveryNth(3, StoreFault.FailBefore, StoreCallKind.Read));
        var failed = new List<int>();
        for (var i = 1; i <= 7; i++)
        {
            await CommitAsync(store, NewId());
            if (await Record.ExceptionAsync(() => store.CountAsync(null, default, CancellationToken.None).AsTask()) is StoreUnavailableException) failed.Add(i);
        }

        Assert.Equal([3, 6], failed);
    }

    [Fact]
    public async Task A_plan_by_chance_repeats_with_its_seed()
    {
        var first = await FailuresAsync(7);

        Assert.Equal(first, await FailuresAsync(7));
        Assert.NotEqual(first, await FailuresAsync(8));
        Assert.InRange(first.Count, 5, 45);
    }

    [Fact]
    public async Task Plans_add_up_and_end_when_the_store_is_calm()
    {
        var limited = FaultPlan.EveryNth(1, StoreFault.FailAfter).If(call => call.Number == 2);
        var (_, store) = await NewAsync(FaultPlan.When(call => call.Number == 1, StoreFault.FailBefore).Or(limited));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(store, NewId()));
        await Assert.ThrowsAsync<CommitFateUnknownException>(() => CommitAsync(store, NewId()));
        await CommitAsync(store, NewId());
        Assert.Equal(2, store.Faults);

        var (_, calm) = await NewAsync(FaultPlan.EveryNth(1, StoreFault.FailBefore));
        calm.Calm();
        await CommitAsync(calm, NewId());
        Assert.Equal(0, calm.Faults);
    }

    [Fact]
    public void A_plan_that_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FaultPlan.EveryNth(0, StoreFault.FailBefore));
        Assert.Throws<ArgumentOutOfRangeException>(() => FaultPlan.AtRandom(1, 1.5, [StoreFault.FailBefore]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FaultPlan.AtRandom(1, double.NaN, [StoreFault.FailBefore]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FaultPlan.AtRandom(1, 0.5, []));
    }

    private async Task<List<int>> FailuresAsync(int seed)
    {
        var (_, store) = await NewAsync(FaultPlan.AtRandom(seed, 0.5, [StoreFault.FailBefore, StoreFault.FailAfter]));
        var failures = new List<int>();
        for (var i = 0; i < 50; i++)
        {
            if (await Record.ExceptionAsync(() => CommitAsync(store, NewId())) is not null) failures.Add(i);
        }

        return failures;
    }

    private async Task<(JobId Id, FaultyJobStore Store)> NewAsync(FaultPlan plan)
    {
        _epoch = (await _inner.OwnAsync(new PartitionKey(QueueName.Default, 0), "test", CancellationToken.None)).Epoch;
        return (NewId(), new FaultyJobStore(_inner, plan));
    }

    private JobId NewId() => _ids.Next(QueueName.Default, 0);

    private ValueTask<JobRecord?> FindAsync(JobId id) => _inner.FindAsync(id, CancellationToken.None);

    private async Task CommitAsync(FaultyJobStore store, JobId id)
    {
        var verdicts = await store.CommitAsync([Insert(id)], CancellationToken.None);
        Assert.IsType<CommitVerdict.Committed>(Assert.Single(verdicts));
    }

    private Unit Insert(JobId id) => new(new JobChange(
        new JobTransition(null, new JobRecord
        {
            Id = id,
            Terms = new JobTerms { Task = "task", Queue = QueueName.Default },
            Payload = default,
            State = JobState.Pending,
            Sequence = 1,
            EnqueuedAt = DateTimeOffset.UnixEpoch,
            RunAt = DateTimeOffset.UnixEpoch,
        }),
        _epoch));

    private sealed class Unit(JobChange change) : CommitUnit
    {
        public override IReadOnlyList<JobChange> Changes { get; } = [change];

        public override void Settle(CommitVerdict verdict)
        {
        }
    }
}
