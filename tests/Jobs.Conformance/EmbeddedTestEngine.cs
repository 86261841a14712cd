using Jobs.Core;

namespace Jobs.Conformance;

/// <summary>The embedded engine as the suites see it, whatever store it is on.</summary>
public sealed class EmbeddedTestEngine(EmbeddedEngine engine) : ITestEngine
{
    public IJobClient Client => engine.Client;

    public ITaskRegistry Registry => engine.Registry;

    public IJobsControl Control => engine.Control;

    public Task StartAsync() => engine.StartAsync();

    public Task StopAsync(CancellationToken cancellation) => engine.StopAsync(cancellation);

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
