using Jobs.Cluster.CrashSilo;

namespace Jobs.Cluster.Crash.Tests;

public sealed class DelayedTests
{
    [Fact]
    public async Task A_delayed_job_fires_although_the_silo_that_took_it_was_killed_and_nobody_calls()
    {
        await using var cluster = await CrashCluster.StartAsync(silos: 3);

        // The first job of each partition tells which silo has it.
        for (var i = 0; i < CrashTasks.Partitions; i++)
        {
            var now = await cluster.Client.EnqueueAsync(CrashTasks.Run, new CrashJob($"now{i}"));
            await now.WaitAsync();
        }

        // Long enough for the kill to come before it, however slow the machine is.
        var delay = TimeSpan.FromSeconds(20);
        var later = new List<JobId>();
        for (var i = 0; i < CrashTasks.Partitions; i++)
            later.Add((await cluster.Client.EnqueueAsync(CrashTasks.Run, new CrashJob($"later{i}"), job => job.After(delay))).Id);

        var victim = cluster.Silos.First(silo => cluster.PartitionsOf(silo).Count > 0);
        var orphans = cluster.PartitionsOf(victim);
        victim.Kill();

        foreach (var id in later)
        {
            var end = await cluster.Log.FirstAsync(e => e.Verb is "done" && e.Job == id.ToString()).WaitAsync(SiloProcess.Patience);
            if (orphans.Contains(id.Partition)) Assert.NotEqual(victim.Name, end.Source);
        }
    }
}
