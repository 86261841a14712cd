using Jobs.Core.Tests.States;

namespace Jobs.Core.Tests.Commit;

public sealed class CommitPipelineTests : IAsyncDisposable
{
    private static readonly TimeSpan Safety = TimeSpan.FromSeconds(120);

    private readonly HeldStore _store = new();
    private readonly List<(string Name, CommitVerdict Verdict)> _settled = [];
    private readonly CommitPipeline _pipeline;

    public CommitPipelineTests() => _pipeline = new CommitPipeline(_store, new CommitLimits { MaxQueuedChanges = 4 });

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task What_queues_up_while_the_store_is_busy_goes_to_it_in_one_call()
    {
        Submit("a");
        var first = await _store.NextCallAsync();
        Submit("b");
        Submit("c");
        Submit("d");
        Assert.False(_store.HasCall);

        first.Commit();
        var second = await _store.NextCallAsync();

        Assert.Equal(["a"], Names(first));
        Assert.Equal(["b", "c", "d"], Names(second));
        second.Commit();
        await _pipeline.WhenIdleAsync().WaitAsync(Safety);
        Assert.Equal((2, 4), (_pipeline.Commits, _pipeline.CommittedChanges));
    }

    [Fact]
    public async Task Units_are_settled_in_the_order_in_which_they_were_submitted()
    {
        var names = Enumerable.Range(0, 50).Select(i => $"unit-{i}").ToList();
        foreach (var name in names)
        {
            Submit(name);
            if (_store.HasCall) (await _store.NextCallAsync()).Commit();
        }

        var idle = _pipeline.WhenIdleAsync();
        while (!idle.IsCompleted && _store.HasCall) (await _store.NextCallAsync()).Commit();
        await idle.WaitAsync(Safety);

        Assert.Equal(names, _settled.Select(s => s.Name));
    }

    [Fact]
    public async Task Each_unit_gets_its_own_verdict()
    {
        Submit("first");
        var first = await _store.NextCallAsync();
        Submit("a");
        Submit("b");
        first.Commit();
        var conflict = new CommitVerdict.Conflict(Sample.New(JobState.Pending).Id);
        (await _store.NextCallAsync()).Answer.SetResult([conflict, CommitVerdict.Committed.Instance]);
        await _pipeline.WhenIdleAsync().WaitAsync(Safety);

        Assert.Equal([CommitVerdict.Committed.Instance, conflict, CommitVerdict.Committed.Instance], _settled.Select(s => s.Verdict));
    }

    [Fact]
    public async Task A_store_that_fails_settles_all_units_of_the_call_as_failed_and_the_next_call_goes_on()
    {
        Submit("a");
        var first = await _store.NextCallAsync();
        Submit("b");
        Submit("c");
        var error = new IOException("the store is away");
        first.Fail(error);
        (await _store.NextCallAsync()).Fail(error);
        Submit("d");
        (await _store.NextCallAsync()).Commit();
        await _pipeline.WhenIdleAsync().WaitAsync(Safety);

        Assert.Equal(["a", "b", "c", "d"], _settled.Select(s => s.Name));
        Assert.All(_settled.Take(3), s => Assert.Same(error, Assert.IsType<CommitVerdict.Failed>(s.Verdict).Error));
        Assert.IsType<CommitVerdict.Committed>(_settled[3].Verdict);
        Assert.Equal(1, _pipeline.Commits);
    }

    [Fact]
    public async Task A_store_that_throws_before_it_waits_fails_its_units_too()
    {
        _store.ThrowAtOnce = new IOException("the store is away");

        Submit("a");

        await _pipeline.WhenIdleAsync().WaitAsync(Safety);
        Assert.Same(_store.ThrowAtOnce, Assert.IsType<CommitVerdict.Failed>(Assert.Single(_settled).Verdict).Error);
    }

    [Fact]
    public async Task Callers_wait_while_too_many_changes_are_queued()
    {
        Assert.True(_pipeline.HasRoom);
        Submit("busy");
        var first = await _store.NextCallAsync();
        Submit("large", changes: 4);
        Assert.False(_pipeline.HasRoom);
        var room = _pipeline.WaitForRoomAsync(CancellationToken.None).AsTask();
        Assert.False(room.IsCompleted);

        // Outcomes do not ask for room: they make it.
        Submit("outcome");
        first.Commit();

        await room.WaitAsync(Safety);
        Assert.True(_pipeline.HasRoom);
        (await _store.NextCallAsync()).Commit();
    }

    [Fact]
    public async Task Waiting_for_room_can_be_given_up()
    {
        Submit("busy");
        var first = await _store.NextCallAsync();
        Submit("large", changes: 4);
        using var cancellation = new CancellationTokenSource();
        var room = _pipeline.WaitForRoomAsync(cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => room.WaitAsync(Safety));
        first.Commit();
    }

    [Fact]
    public async Task Idle_means_that_everything_submitted_is_settled()
    {
        Assert.True(_pipeline.WhenIdleAsync().IsCompletedSuccessfully);
        Submit("a");
        var first = await _store.NextCallAsync();
        var idle = _pipeline.WhenIdleAsync();
        Submit("b");
        first.Commit();
        var second = await _store.NextCallAsync();
        Assert.False(idle.IsCompleted);

        second.Commit();

        await idle.WaitAsync(Safety);
        Assert.Equal(2, _settled.Count);
    }

    [Fact]
    public async Task A_unit_that_is_submitted_while_another_is_settled_goes_with_the_next_call()
    {
        _pipeline.Submit(new Unit("a", 1, this) { WhenSettled = () => Submit("b") });
        (await _store.NextCallAsync()).Commit();
        (await _store.NextCallAsync()).Commit();
        await _pipeline.WhenIdleAsync().WaitAsync(Safety);

        Assert.Equal(["a", "b"], _settled.Select(s => s.Name));
    }

    [Fact]
    public async Task New_jobs_do_not_wait_for_other_changes_if_the_store_has_an_intake_lane()
    {
        await using var store = new HeldStore(hasIntakeLane: true);
        var pipeline = new CommitPipeline(store, new CommitLimits { MaxQueuedChanges = 3 });
        pipeline.Submit(new Unit("end", 1, this, isInsert: false));
        var end = await store.NextCallAsync();
        pipeline.Submit(new Unit("a", 1, this));
        var first = await store.NextCallAsync();

        // Each lane has one commit under way at a time, and both count for the room.
        pipeline.Submit(new Unit("b", 1, this));
        pipeline.Submit(new Unit("other end", 2, this, isInsert: false));
        Assert.False(store.HasCall);
        Assert.False(pipeline.HasRoom);
        first.Commit();
        var second = await store.NextCallAsync();
        Assert.Equal(["b"], Names(second));
        Assert.Equal(["a"], _settled.Select(s => s.Name));
        var idle = pipeline.WhenIdleAsync();
        second.Commit();
        Assert.False(idle.IsCompleted);

        end.Commit();
        var last = await store.NextCallAsync();
        Assert.Equal(["other end"], Names(last));
        Assert.True(pipeline.HasRoom);
        last.Commit();

        await idle.WaitAsync(Safety);
        Assert.Equal(["a", "b", "end", "other end"], _settled.Select(s => s.Name));
        Assert.Equal((4, 5), (pipeline.Commits, pipeline.CommittedChanges));
    }

    [Fact]
    public async Task A_unit_of_new_jobs_and_other_changes_is_no_intake()
    {
        await using var store = new HeldStore(hasIntakeLane: true);
        var pipeline = new CommitPipeline(store, new CommitLimits());
        pipeline.Submit(new Unit("end", 1, this, isInsert: false));
        var end = await store.NextCallAsync();
        pipeline.Submit(new Unit("both", 1, this, isInsert: false, insertsToo: true));
        Assert.False(store.HasCall);
        end.Commit();
        (await store.NextCallAsync()).Commit();
        await pipeline.WhenIdleAsync().WaitAsync(Safety);
        Assert.Equal(["end", "both"], _settled.Select(s => s.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ends_that_nothing_waits_for_are_gathered_until_something_does(bool isEnd)
    {
        await using var store = new HeldStore(hasIntakeLane: true);
        var pipeline = Gathering(store);
        pipeline.Submit(new Unit("a", 1, this, isInsert: false) { Waits = true });
        pipeline.Submit(new Unit("b", 1, this, isInsert: false) { Waits = true });
        pipeline.Submit(new Unit("new", 1, this));
        var intake = await store.NextCallAsync();
        Assert.Equal(["new"], Names(intake));
        Assert.False(store.HasCall);
        Task? idle = null;
        if (isEnd) pipeline.Submit(new Unit("c", 1, this, isInsert: false));
        else idle = pipeline.WhenIdleAsync();
        var ends = await store.NextCallAsync();
        Assert.Equal(isEnd ? ["a", "b", "c"] : ["a", "b"], Names(ends));

        // What comes while the store is busy is gathered too, once it is not, unless somebody waits for the pipeline.
        pipeline.Submit(new Unit("d", 1, this, isInsert: false) { Waits = true });
        ends.Commit();
        if (isEnd) pipeline.Submit(new Unit("e", 1, this, isInsert: false));
        var next = await store.NextCallAsync();
        Assert.Equal(isEnd ? ["d", "e"] : ["d"], Names(next));
        next.Commit();
        intake.Commit();
        await (idle ?? pipeline.WhenIdleAsync()).WaitAsync(Safety);
    }

    [Fact]
    public async Task What_was_gathered_goes_when_the_time_is_over()
    {
        await using var store = new HeldStore(hasIntakeLane: true);
        var pipeline = new CommitPipeline(store, new CommitLimits { GatherTime = TimeSpan.FromTicks(1) });
        foreach (var name in new[] { "a", "b" })
        {
            pipeline.Submit(new Unit(name, 1, this, isInsert: false) { Waits = true });
            (await store.NextCallAsync()).Commit();
            await pipeline.WhenIdleAsync().WaitAsync(Safety);
        }
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Nothing_is_gathered_without_an_intake_lane_or_without_time_for_it(bool hasIntakeLane, bool hasTime)
    {
        await using var store = new HeldStore(hasIntakeLane);
        var pipeline = hasTime ? Gathering(store) : new CommitPipeline(store, new CommitLimits { GatherTime = TimeSpan.Zero });
        pipeline.Submit(new Unit("a", 1, this, isInsert: false) { Waits = true });
        Assert.True(store.HasCall);
        (await store.NextCallAsync()).Commit();
    }

    private static CommitPipeline Gathering(HeldStore store) => new(store, new CommitLimits { GatherTime = TimeSpan.MaxValue });

    private static IEnumerable<string> Names(HeldStore.Call call) => call.Units.Cast<Unit>().Select(u => u.Name);

    private void Submit(string name, int changes = 1) => _pipeline.Submit(new Unit(name, changes, this));

    private sealed class Unit(string name, int changes, CommitPipelineTests test, bool isInsert = true, bool insertsToo = false) : CommitUnit
    {
        internal string Name { get; } = name;

        internal Action? WhenSettled { get; init; }

        internal bool Waits { get; init; }

        public override bool CanWait => Waits;

        public override IReadOnlyList<JobChange> Changes { get; } =
        [
            .. Enumerable.Range(0, changes).Select(_ => Sample.New(JobState.Pending))
                .Select(job => new JobChange(new JobTransition(isInsert ? null : job, job), 1)),
            .. Enumerable.Range(0, insertsToo ? 1 : 0).Select(_ => new JobChange(new JobTransition(null, Sample.New(JobState.Pending)), 1)),
        ];

        public override void Settle(CommitVerdict verdict)
        {
            test._settled.Add((Name, verdict));
            WhenSettled?.Invoke();
        }
    }
}
