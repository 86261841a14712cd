namespace Jobs.Cluster.Crash.Tests;

public sealed class RestartTests : FailoverTests
{
    private const int Restarts = 20;

    [Fact]
    public Task Silos_that_stop_in_order_lose_nothing_and_repeat_nothing() => RunAsync(
        Restarts,
        async (cluster, _, random) =>
        {
            var (silo, partitions) = Victim(cluster, random);
            await cluster.Add().UpAsync();
            cluster.Silos.Remove(silo);
            var served = await cluster.ServedElsewhereAsync(silo, partitions, silo.Terminate());
            Assert.Equal(0, await silo.ExitCodeAsync());
            return served;
        },
        "stopped in order");
}
