using Jobs.Core;
using Jobs.CrashWorker;

namespace Jobs.Crash.Tests;

/// <summary>Processes on one store, each killed in the middle of its work, until the last one may end what all of them have left.</summary>
public abstract class KillContract
{
    private const int Kills = 55;
    private const int MaxLines = 1500;

    /// <summary>Makes a store of its own, and runs the test on it.</summary>
    private protected async Task KillAndCheckAsync(Func<int, bool, WorkerOptions> options)
    {
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine(CrashSeed.Name);
        var random = new Random(CrashSeed.Value);
        var audit = new CrashAudit();
        for (var run = 1; run <= Kills; run++) await RunAndKillAsync(options(run, false), LinesToRead(random), audit);
        using (var last = WorkerProcess.Start(options(Kills + 1, true)))
        {
            var drained = false;
            while (await last.ReadAsync() is { } line)
            {
                audit.Add(line);
                drained |= line.Verb == "drained";
            }

            await last.RequireDoneAsync();
            Assert.True(drained, $"{CrashSeed.Name}: the last process ended before everything had.");
        }

        var stored = await ListAsync(options(Kills + 2, false));
        audit.Close(stored);
        output.WriteLine($"{Kills} kills, {audit.Acknowledged:N0} jobs acknowledged, {audit.Completions:N0} known to be completed, {stored.Count:N0} stored");
        Assert.True(audit.Faults.Count == 0, $"{CrashSeed.Name}: {audit.Faults.Count} faults:\n{string.Join('\n', audit.Faults.Take(20))}");
        Assert.InRange(audit.Acknowledged, 50 * Kills, int.MaxValue);
    }

    /// <summary>One kill in six hits a process while it starts and takes over from the one before.</summary>
    private static int LinesToRead(Random random) => random.Next(6) == 0 ? random.Next(1, 4) : random.Next(4, MaxLines);

    private static async Task RunAndKillAsync(WorkerOptions options, int lines, CrashAudit audit)
    {
        using var worker = WorkerProcess.Start(options);
        for (var i = 0; i < lines && await worker.ReadAsync() is { } line; i++) audit.Add(line);
        worker.Kill();
        while (await worker.ReadAsync() is { } line) audit.Add(line);
        await worker.RequireKilledAsync();
        audit.Kill();
    }

    private static async Task<IReadOnlyList<JobSnapshot>> ListAsync(WorkerOptions options)
    {
        await using var engine = await EmbeddedJobs.StartAsync(jobs =>
        {
            options.ApplyTo(jobs);
            jobs.RunsJobs = false;
        });
        return await StoredJobs.ListAsync(engine.Client);
    }
}
