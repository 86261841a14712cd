using System.Globalization;
using Jobs.Cluster.CrashSilo;
using Jobs.Crash.Tests;

namespace Jobs.Cluster.Crash.Tests;

public sealed class CronTests
{
    private const int Silos = 3;
    private const int Kills = 20;

    [Fact]
    public async Task Every_occurrence_fires_exactly_once_whatever_silos_are_killed()
    {
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine(CrashSeed.Name);
        var random = new Random(CrashSeed.Value);
        await using var cluster = await CrashCluster.StartAsync(Silos);
        await cluster.Client.Schedules.AddAsync("tick", CrashTasks.Run, new CrashJob("tick"), schedule => schedule
            .Cron("* * * * * *").OnMisfire(MisfirePolicy.FireAll(1000)));
        for (var i = 0; i < Kills; i++)
        {
            await cluster.Log.MoreAsync("start", random.Next(1, 4)).WaitAsync(SiloProcess.Patience);
            var victim = cluster.Silos[random.Next(cluster.Silos.Count)];
            victim.Kill();
            cluster.Silos.Remove(victim);
            await cluster.Add().UpAsync();
        }

        await cluster.Log.MoreAsync("start", 2).WaitAsync(SiloProcess.Patience);
        await cluster.Client.Schedules.PauseAsync("tick");
        var audit = await cluster.AuditAsync();
        var times = (await StoredJobs.ListAsync(cluster.Client))
            .Select(job => DateTimeOffset.Parse(job.Headers[ScheduleHeaders.Time], CultureInfo.InvariantCulture)).Order().ToList();
        output.WriteLine($"{Kills} times killed: {times.Count} occurrences, {audit.Starts} runs");
        Assert.True(audit.Faults.Count == 0, $"{CrashSeed.Name}:\n{string.Join('\n', audit.Faults.Take(20).Select(fault => fault.Fault))}");
        Assert.Equal(Enumerable.Range(0, times.Count).Select(second => times[0].AddSeconds(second)), times);
    }
}
