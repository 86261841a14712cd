using System.Diagnostics;
using Jobs.Crash.Tests;

namespace Jobs.Cluster.Crash.Tests;

/// <summary>What all failover tests do: a load on three silos, something that happens to them again and again, an audit.</summary>
public abstract class FailoverTests
{
    private protected const int Silos = 3;

    private protected static ITestOutputHelper Output => TestContext.Current.TestOutputHelper!;

    /// <summary>Runs the test.</summary>
    private protected static async Task RunAsync(
        int times, Func<CrashCluster, ClusterLoad, Random, Task<IReadOnlyList<ServedPartition>>> happen, string what)
    {
        Output.WriteLine(CrashSeed.Name);
        var random = new Random(CrashSeed.Value);
        await using var cluster = await CrashCluster.StartAsync(Silos);
        var load = new ClusterLoad(cluster.Client, cluster.Log, CrashSeed.Value);
        load.Start();
        await cluster.Log.MoreAsync("start", 100).WaitAsync(SiloProcess.Patience);
        var served = new List<TimeSpan>();
        for (var i = 0; i < times; i++)
        {
            await cluster.Log.MoreAsync("start", random.Next(20, 100)).WaitAsync(SiloProcess.Patience);
            var took = await happen(cluster, load, random);
            served.AddRange(took.Select(partition => partition.After));
            Output.WriteLine($"{i + 1}: {string.Join(", ", took)}");
            foreach (var silo in cluster.Silos) await silo.UpAsync();
        }

        var open = await load.StopAsync();
        foreach (var job in load.Awaited.Take(3)) await TellOfAsync(cluster, job.ToString());
        Assert.True(open.Count == 0, $"{CrashSeed.Name}: these calls do not return:\n{string.Join('\n', open)}\n{await cluster.Writes.HoldersAsync()}");
        var audit = await cluster.AuditAsync();
        Output.WriteLine($"{times} times {what}: {audit.Acknowledged:N0} jobs acknowledged, {audit.Waiters:N0} waiters served, {audit.Starts:N0} runs, "
            + $"{audit.LateStarts} of them late");
        Output.WriteLine(Describe("partitions serve again after", served));
        Output.WriteLine(Describe("an enqueue takes", load.Enqueues));
        Output.WriteLine(Describe("a wait with a time-out overruns it by", load.Overruns));
        foreach (var (job, _) in audit.Faults.Take(5)) await TellOfAsync(cluster, job);
        Assert.True(
            audit.Faults.Count == 0, $"{CrashSeed.Name}: {audit.Faults.Count} faults:\n{string.Join('\n', audit.Faults.Take(20).Select(f => f.Fault))}");
        Assert.InRange(audit.Acknowledged, 20 * times, int.MaxValue);
    }

    /// <summary>A silo that serves partitions.</summary>
    private protected static (SiloProcess Silo, IReadOnlyList<int> Partitions) Victim(CrashCluster cluster, Random random)
    {
        var serving = cluster.Silos.Select(silo => (Silo: silo, Partitions: cluster.PartitionsOf(silo))).Where(s => s.Partitions.Count > 0).ToList();
        return serving[random.Next(serving.Count)];
    }

    /// <summary>All that is known of a job, and of what was done to silos meanwhile; milliseconds count from the job's first event.</summary>
    private static async Task TellOfAsync(CrashCluster cluster, string job)
    {
        var all = cluster.Log.InOrder();
        if (all.FirstOrDefault(e => e.Job == job) is not { } first) return;
        var last = all.Last(e => e.Job == job).At;
        Output.WriteLine($"{job}:");
        foreach (var told in all.Where(e => e.Job == job || (e.Job.Length == 0 && e.At >= first.At - (5 * Stopwatch.Frequency) && e.At <= last)))
            Output.WriteLine($"  {(told.At - first.At) * 1000.0 / Stopwatch.Frequency,8:N1} {told.Source} {told.Verb} {told.Detail}");
        if (!JobId.TryParse(job, out var id)) return;
        foreach (var change in await cluster.Writes.OfAsync(id)) Output.WriteLine($"  {change}");
    }

    private static string Describe(string what, IReadOnlyList<TimeSpan> times)
    {
        double[] sorted = [.. times.Select(time => time.TotalMilliseconds).Order()];
        return sorted.Length == 0
            ? $"{what}: nothing measured"
            : $"{what}: median {sorted[sorted.Length / 2]:N0} ms, longest {sorted[^1]:N0} ms ({sorted.Length:N0})";
    }
}
