using Jobs.Conformance;
using Jobs.Core.Tests.Errors;

namespace Jobs.Core.Tests.Health;

/// <summary>A service that starts while its store is away (D8).</summary>
public sealed class StartOutageTests : IAsyncDisposable
{
    private static readonly ResultTask<string, int> Measure = ResultTask.Create<string, int>("measure");

    private readonly ManualClock _clock = new();
    private readonly OutageStore _store = new(new InMemoryJobStore()) { IsAway = true };

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact, Provokes(typeof(StoreUnavailableException))]
    public async Task It_fails_and_can_be_started_again()
    {
        await using var engine = EmbeddedJobs.Create(Describe);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => engine.StartAsync().Soon());
        Assert.False(engine.Health.IsHealthy);
        Assert.Equal((JobsLoop.Start, true), (engine.Health.Loops[0].Loop, engine.Health.Loops[0].IsFailing));
        _store.IsAway = false;
        await engine.StartAsync().Soon();
        Assert.True(engine.Health.IsHealthy);
        Assert.Equal(3, await engine.Client.RunAsync(Measure, "abc").Soon());
    }

    [Fact]
    public async Task It_waits_for_the_store_if_it_is_told_to()
    {
        await using var engine = EmbeddedJobs.Create(b =>
        {
            Describe(b);
            b.WaitForStore = true;
        });
        var changes = new Recording<LoopHealth>();
        engine.Health.Changed += changes.Add;
        var started = engine.StartAsync();
        await changes.Reaches(1).Soon();
        Assert.False(started.IsCompleted);
        _store.IsAway = false;
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(5), started).Soon();
        Assert.True(engine.Health.IsHealthy);
        Assert.Equal(3, await engine.Client.RunAsync(Measure, "abc").Soon());
    }

    [Fact]
    public async Task A_stop_ends_the_waiting()
    {
        var engine = EmbeddedJobs.Create(b =>
        {
            Describe(b);
            b.WaitForStore = true;
        });
        var changes = new Recording<LoopHealth>();
        engine.Health.Changed += changes.Add;
        var started = engine.StartAsync();
        await changes.Reaches(1).Soon();
        await engine.StopAsync().Soon();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => started.Soon());
        await engine.DisposeAsync().Soon();
    }

    [Fact]
    public async Task Whoever_cancels_the_start_ends_the_waiting()
    {
        await using var engine = EmbeddedJobs.Create(b =>
        {
            Describe(b);
            b.WaitForStore = true;
        });
        var changes = new Recording<LoopHealth>();
        engine.Health.Changed += changes.Add;
        using var cancel = new CancellationTokenSource();
        var started = engine.StartAsync(cancel.Token);
        await changes.Reaches(1).Soon();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => started.Soon());
        _store.IsAway = false;
        await engine.StartAsync().Soon();
    }

    private void Describe(JobsBuilder builder)
    {
        builder.Clock = _clock;
        builder.UseStore(_ => _store).AddModule(new Module());
    }

    private sealed class Module : IJobModule
    {
        public void Register(ITaskRegistry registry) => registry.Handle(Measure, (text, _) => Task.FromResult(text.Length));
    }
}
