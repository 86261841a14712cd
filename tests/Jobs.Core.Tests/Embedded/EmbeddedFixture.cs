using Jobs.Conformance;

namespace Jobs.Core.Tests.Embedded;

/// <summary>Embedded engines that share one in-memory store, which outlives each of them.</summary>
internal sealed class EmbeddedFixture : IEngineFixture
{
    private readonly InMemoryJobStore _store = new();

    public EngineCapabilities Capabilities { get; } = new(IsDurable: false, KeepsJobsOverRestart: true);

    public ITestEngine Create(Action<JobsBuilder> configure, TimeProvider clock, IServiceProvider? services) => new TestEngine(EmbeddedJobs.Create(
        builder =>
        {
            builder.UseStore(_ => _store);
            configure(builder);
        },
        services));

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private sealed class TestEngine(EmbeddedEngine engine) : ITestEngine
    {
        public IJobClient Client => engine.Client;

        public ITaskRegistry Registry => engine.Registry;

        public Task StartAsync() => engine.StartAsync();

        public Task StopAsync(CancellationToken cancellation) => engine.StopAsync(cancellation);

        public ValueTask DisposeAsync() => engine.DisposeAsync();
    }
}
