using Jobs.Conformance;
using Jobs.Core;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Clusters whose silos share one store in memory.</summary>
internal sealed class MemoryClusterFixture : IEngineFixture
{
    private readonly SharedStore _store = new(new InMemoryJobStore());

    public EngineCapabilities Capabilities { get; } = new(
        IsDurable: false, KeepsJobsOverRestart: true, ChecksTasksOfNothing: false, IsOneProcess: false, AreNodes: false,
        AsksAnotherOwner: true);

    public ITestEngine Create(Action<JobsBuilder> configure, TimeProvider clock, IServiceProvider? services) =>
        new TestSilos(
            jobs =>
            {
                // What the suites expect of a service that says nothing; a cluster holds jobs of unknown tasks.
                jobs.OnUnknownTask = UnknownTaskPolicy.Reject;

                // They count on the concurrency of one process.
                jobs.RunsForOthers = false;
                configure(jobs);
            },
            () => _store,
            clock,
            services);

    public ValueTask DisposeAsync() => default;
}
