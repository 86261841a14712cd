using Jobs.Bench;

namespace Jobs.Cluster.Bench;

/// <summary>Brings the systems up, measures them, and takes them down.</summary>
internal static class ClusterBench
{
    internal static async Task RunAsync(ClusterBenchOptions options, CancellationToken stop)
    {
        var systems = new List<BenchSystem>();
        try
        {
            if (options.WithEmbedded) systems.Add(BenchSystem.Embedded(options.Bench, await PostgresBenchStore.StartAsync(options.Bench)));
            foreach (var silos in options.Silos)
            {
                var cluster = await ClusterBenchStore.StartAsync(options, silos, stop);
                systems.Add(new BenchSystem($"jobs-cluster{silos}-postgres", cluster, cluster.StartAsync));
            }

            await new ThroughputBench(options.Bench, systems).RunAsync(stop);
            await new LatencyBench(options.Bench, systems).RunAsync(stop);
        }
        finally
        {
            foreach (var system in Enumerable.Reverse(systems)) await system.Place.DisposeAsync();
        }
    }
}
