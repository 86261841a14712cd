[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Jobs.Cluster.Crash.Tests;

public sealed class KillTests : FailoverTests
{
    private const int Kills = 20;

    [Fact]
    public async Task Silos_that_are_killed_lose_nothing_and_repeat_nothing()
    {
        var told = new List<Task<string>>();
        await RunAsync(
            Kills,
            async (cluster, _, random) =>
            {
                var (silo, partitions) = Victim(cluster, random);
                var at = silo.Kill();
                told.Add(silo.ErrorsAsync());
                cluster.Silos.Remove(silo);
                var served = await cluster.ServedElsewhereAsync(silo, partitions, at);
                cluster.Add();
                return served;
            },
            "killed");

        // The cluster's probes would find it, too, but only after seconds; that they were not what found it is not timed here.
        Assert.Contains(await Task.WhenAll(told), errors => errors.Contains("is declared dead", StringComparison.Ordinal));
    }
}
