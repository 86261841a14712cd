namespace Jobs.Cluster.Crash.Tests;

public sealed class FreezeTests : FailoverTests
{
    private const int Freezes = 10;

    [Fact]
    public Task Silos_that_freeze_until_they_are_taken_for_dead_change_nothing_when_they_go_on() => RunAsync(
        Freezes,
        async (cluster, load, random) =>
        {
            var (silo, partitions) = Victim(cluster, random);
            var at = silo.Freeze();
            cluster.Silos.Remove(silo);
            cluster.Add();
            var served = await cluster.ServedElsewhereAsync(silo, partitions, at);
            await cluster.DeclaredDeadAsync(silo);

            // One that came to it just before has not been seen there. Until somebody takes it over it is this silo's, dead or not.
            await cluster.TakenOverAsync(silo);
            var resumed = await cluster.Writes.NowAsync();
            silo.Resume();

            // It finds out what it is taken for, and ends itself.
            await silo.ExitCodeAsync();
            Assert.Equal(0, await cluster.Writes.CountAsync(silo.Name, resumed));

            // A call that meets a frozen silo is repeated after its time-out. Once more is bad luck; silos do not freeze one after the other.
            await load.CatchUpAsync();
            return served;
        },
        "frozen until they were taken for dead");
}
