[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Jobs.Cluster.Crash.Tests;

public sealed class KillTests : FailoverTests
{
    private const int Kills = 20;

    [Fact]
    public Task Silos_that_are_killed_lose_nothing_and_repeat_nothing() => RunAsync(
        Kills,
        async (cluster, _, random) =>
        {
            var (silo, partitions) = Victim(cluster, random);
            var at = silo.Kill();
            cluster.Silos.Remove(silo);
            var served = await cluster.ServedElsewhereAsync(silo, partitions, at);
            cluster.Add();
            return served;
        },
        "killed");
}
