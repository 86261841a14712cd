namespace Jobs.Cluster.Crash.Tests;

public sealed class RollingTests : FailoverTests
{
    /// <summary>Every silo once to the later version, and once back.</summary>
    private const int Restarts = 2 * Silos;

    /// <summary>The later version sends a member more in every message, of a type that the earlier one does not know.</summary>
    [Fact]
    public Task Silos_of_two_versions_serve_together_while_one_after_the_other_is_replaced() => RunAsync(
        Restarts,
        async (cluster, _, _) =>
        {
            // The first in line is always of the version that goes: the new ones queue up behind.
            var silo = cluster.Silos[0];
            var next = cluster.Add(isLater: !silo.IsLater);
            await next.UpAsync();
            cluster.Silos.Remove(silo);
            var partitions = cluster.PartitionsOf(silo);
            var served = await cluster.ServedElsewhereAsync(silo, partitions, silo.Terminate());
            Assert.Equal(0, await silo.ExitCodeAsync());

            // The new one is seen to work, with a job that may have been enqueued, and may be awaited, through another version's silo.
            await cluster.Log.FirstAsync(e => e.Source == next.Name && e.Verb is "done").WaitAsync(SiloProcess.Patience);
            return served;
        },
        "replaced by the other version");
}
