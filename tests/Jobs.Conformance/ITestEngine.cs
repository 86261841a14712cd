using Jobs.Core;

namespace Jobs.Conformance;

/// <summary>An engine under test, wherever it runs. Disposing it stops it.</summary>
public interface ITestEngine : IAsyncDisposable
{
    /// <summary>The client that the suites talk to.</summary>
    IJobClient Client { get; }

    /// <summary>The handlers, to change them while it runs.</summary>
    ITaskRegistry Registry { get; }

    /// <summary>What it serves, to change that while it runs.</summary>
    IJobsControl Control { get; }

    Task StartAsync();

    /// <summary>Drains and stops; the token ends the drain time early.</summary>
    Task StopAsync(CancellationToken cancellation = default);
}
