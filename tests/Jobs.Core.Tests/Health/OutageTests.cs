using System.Diagnostics.Metrics;
using Jobs.Conformance;

namespace Jobs.Core.Tests.Health;

/// <summary>Every loop survives an outage of the store and tells of it (D8).</summary>
public sealed class OutageTests : IAsyncDisposable
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualClock _clock = new();
    private readonly OutageStore _store = new(new InMemoryJobStore());
    private readonly HeldHandler _held = new();
    private readonly Recording<LoopHealth> _changes = new();
    private EmbeddedEngine? _engine;

    public ValueTask DisposeAsync() => _engine?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_service_whose_store_never_failed_is_well()
    {
        var engine = await StartAsync();
        Assert.True(engine.Health.IsHealthy);
        Assert.Equal(
            [JobsLoop.Start, JobsLoop.Commit, JobsLoop.Ownership, JobsLoop.Prune, JobsLoop.Inbox, JobsLoop.Partition, JobsLoop.Paging, JobsLoop.Outcomes],
            engine.Health.Loops.Select(l => l.Loop));
        Assert.All(engine.Health.Loops, loop => Assert.Equal((false, 0, null), (loop.IsFailing, loop.FailuresInARow, loop.LastError)));
        Assert.Equal(((QueueName?)QueueName.Default, 0), (engine.Health.Loops[5].Queue, engine.Health.Loops[5].Partition));
    }

    [Fact]
    public async Task What_ended_while_the_store_was_away_is_written_when_it_is_back()
    {
        var engine = await StartAsync();
        var handle = await engine.Client.EnqueueAsync(Work, "x").Soon();
        await _held.Runs.Reaches(1).Soon();
        await handle.GetAsync().Soon();
        var since = _clock.GetUtcNow();
        _store.IsAway = true;
        _held.Release();
        await _changes.Reaches(2).Soon();
        Assert.Equal(new HashSet<JobsLoop> { JobsLoop.Commit, JobsLoop.Outcomes }, _changes.Items.Select(c => c.Loop).ToHashSet());
        Assert.All(_changes.Items, change => Assert.Equal((since, true, 1), (change.FailingSince, change.IsFailing, change.FailuresInARow)));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => engine.Client.EnqueueAsync(Work, "y").Soon());
        Assert.False(engine.Health.IsHealthy);
        var commit = Of(engine, JobsLoop.Commit);
        Assert.True(commit.FailuresInARow >= 2 && commit.LastError is StoreUnavailableException, commit.ToString());

        _store.IsAway = false;
        var done = handle.WaitAsync().Soon();
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(5), done);
        var job = await done;
        Assert.Equal((JobState.Completed, 1, 0), (job.State, job.Deliveries, job.Failures));
        await _changes.Reaches(4).Soon();
        Assert.True(engine.Health.IsHealthy);
        commit = Of(engine, JobsLoop.Commit);
        Assert.Equal((false, 0, since), (commit.IsFailing, commit.FailuresInARow, commit.LastFailureAt));
        Assert.True(commit.Failures >= 2);
    }

    [Fact]
    public async Task From_try_to_try_the_waits_grow()
    {
        var engine = await StartAsync();
        var handle = await engine.Client.EnqueueAsync(Work, "x").Soon();
        await _held.Runs.Reaches(1).Soon();
        await handle.GetAsync().Soon();
        var tries = new Recording<DateTimeOffset>();
        _store.Committing = () => tries.Add(_clock.GetUtcNow());
        _store.IsAway = true;
        _held.Release();
        await PassAsync().Soon();
        _store.IsAway = false;
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(5), handle.WaitAsync().AsTask()).Soon();

        // The time moves while nobody looks, so a try may be late; it is never early.
        var waits = tries.Items.Zip(tries.Items.Skip(1), (one, next) => (next - one).TotalMilliseconds).Take(8).ToList();
        foreach (var (wait, least) in waits.Zip((double[])[100, 200, 400, 800, 1600, 3200, 5000, 5000])) Assert.True(wait >= least, string.Join(' ', waits));

        async Task PassAsync()
        {
            while (tries.Items.Count < 9)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(20));
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task Pages_are_read_when_the_store_is_back()
    {
        var engine = await StartAsync(b =>
        {
            b.Window = new PartitionLimits { WindowReadyJobs = 2, WindowDueJobs = 2 };
            b.Queue("default", q => q.Concurrency = 1);
        });
        var handles = await engine.Client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 20).Select(i => $"{i}")]).Soon();
        await _held.Runs.Reaches(1).Soon();
        _store.IsAway = true;
        _held.Release(20);
        await WhenFailing(JobsLoop.Paging).Soon();
        _store.IsAway = false;
        var all = Task.WhenAll(handles.Select(h => h.WaitAsync().AsTask()));
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(5), all);
        Assert.All(await all, job => Assert.Equal((JobState.Completed, 1), (job.State, job.Deliveries)));
        Assert.True(engine.Health.IsHealthy);
        Assert.True(Of(engine, JobsLoop.Paging).Failures > 0);
    }

    [Fact]
    public async Task Pruning_and_owning_go_on_when_the_store_is_back()
    {
        var engine = await StartAsync();
        _store.IsAway = true;
        await _clock.AdvanceUntilAsync(Minute, _changes.Reaches(2)).Soon();
        Assert.Equal([JobsLoop.Ownership, JobsLoop.Prune], _changes.Items.Select(c => c.Loop).Order().Reverse());
        Assert.All(_changes.Items, change => Assert.True(change.IsFailing));
        Assert.False(engine.Health.IsHealthy);
        _store.IsAway = false;
        await _clock.AdvanceUntilAsync(Minute, _changes.Reaches(4)).Soon();
        Assert.True(engine.Health.IsHealthy);
    }

    [Fact]
    public async Task A_commit_that_does_not_come_back_is_seen()
    {
        var held = new Embedded.HoldableStore(new InMemoryJobStore());
        var engine = await StartAsync(b => b.UseStore(_ => held));
        held.Hold();
        var enqueued = engine.Client.EnqueueAsync(Work, "x").AsTask();
        await held.Arrived.Soon();
        var since = _clock.GetUtcNow();
        Assert.True(engine.Health.IsHealthy);
        Assert.Equal(since, Of(engine, JobsLoop.Commit).BusySince);
        _clock.Advance(engine.Health.StuckAfter);
        Assert.True(engine.Health.IsHealthy);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.False(engine.Health.IsHealthy);
        held.Release();
        await enqueued.Soon();
        _held.Release();
        await engine.Client.WaitAsync((await enqueued).Id).Soon();
        Assert.True(engine.Health.IsHealthy);
    }

    [Fact]
    public async Task Metrics_count_a_loop_that_fails()
    {
        var failures = new Recording<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument is { Meter.Name: JobsMetrics.MeterName, Name: "jobs.loop.failures" or "jobs.loops.failing" }) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => failures.Add(string.Join(",", tags.ToArray().Select(t => $"{t.Key}={t.Value}"))));
        listener.Start();
        var engine = await StartAsync();
        _store.IsAway = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => engine.Client.EnqueueAsync(Work, "x").Soon());
        Assert.Contains("loop=Commit", failures.Items);
        _store.IsAway = false;
    }

    private static LoopHealth Of(EmbeddedEngine engine, JobsLoop loop) => engine.Health.Loops.First(l => l.Loop == loop);

    private Task WhenFailing(JobsLoop loop)
    {
        var failing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _engine!.Health.Changed += health =>
        {
            if (health.Loop == loop && health.IsFailing) failing.TrySetResult();
        };
        if (Of(_engine, loop).IsFailing) failing.TrySetResult();
        return failing.Task;
    }

    private async Task<EmbeddedEngine> StartAsync(Action<JobsBuilder>? configure = null)
    {
        _engine = EmbeddedJobs.Create(b =>
        {
            b.Clock = _clock;
            b.DrainTime = TimeSpan.Zero;
            b.StopTime = TimeSpan.Zero;
            b.UseStore(_ => _store).Handle(Work, _held.RunAsync);
            configure?.Invoke(b);
        });
        _engine.Health.Changed += _changes.Add;
        await _engine.StartAsync().Soon();
        return _engine;
    }
}
