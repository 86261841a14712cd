using Jobs.Core;

namespace Jobs.Conformance;

/// <summary>Makes engines for the suites. One fixture serves one test.</summary>
public interface IEngineFixture : IAsyncDisposable
{
    /// <summary>What its engines can do.</summary>
    EngineCapabilities Capabilities { get; }

    /// <summary>Makes an engine that is not started yet. All engines of a fixture share its storage.</summary>
    ITestEngine Create(Action<JobsBuilder> configure, TimeProvider clock, IServiceProvider? services);
}
