using Jobs.Conformance;
using Jobs.Core;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Clusters that the suites reach through the grains of tasks and jobs (E1).</summary>
internal sealed class TaskGrainFixture : IEngineFixture
{
    private readonly MemoryClusterFixture _clusters = new();

    public EngineCapabilities Capabilities => _clusters.Capabilities with { GivesEndsWithoutRecord = false };

    public ITestEngine Create(Action<JobsBuilder> configure, TimeProvider clock, IServiceProvider? services) =>
        new Engine((TestSilos)_clusters.Create(configure, clock, services), clock);

    public ValueTask DisposeAsync() => _clusters.DisposeAsync();

    private sealed class Engine(TestSilos silos, TimeProvider clock) : ITestEngine
    {
        private TaskGrainClient? _client;

        public IJobClient Client => _client ?? silos.Client;

        public ITaskRegistry Registry => silos.Registry;

        public IJobsControl Control => silos.Control;

        public async Task StartAsync()
        {
            await silos.StartAsync();
            _client ??= new TaskGrainClient(silos.Grains, silos.Client, clock);
        }

        public Task StopAsync(CancellationToken cancellation) => silos.StopAsync(cancellation);

        public ValueTask DisposeAsync() => silos.DisposeAsync();
    }
}
