using Jobs.Conformance;

namespace Jobs.Core.Tests.Embedded;

/// <summary>Embedded engines that share one in-memory store, which outlives each of them.</summary>
internal sealed class EmbeddedFixture : IEngineFixture
{
    private readonly InMemoryJobStore _store = new();

    public EngineCapabilities Capabilities { get; } = new(IsDurable: false, KeepsJobsOverRestart: true);

    public ITestEngine Create(Action<JobsBuilder> configure, TimeProvider clock, IServiceProvider? services) => new EmbeddedTestEngine(EmbeddedJobs.Create(
        builder =>
        {
            builder.UseStore(_ => _store);
            configure(builder);
        },
        services));

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
