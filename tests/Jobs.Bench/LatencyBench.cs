using System.Diagnostics;

namespace Jobs.Bench;

/// <summary>From the enqueue call to the first line of the handler, one job at a time on an idle system.</summary>
internal sealed class LatencyBench(BenchOptions options, params IReadOnlyList<BenchSystem> systems)
{
    /// <summary>About what the row of a job takes.</summary>
    private const int BareBytes = 200;

    private readonly int _warmUps = options.IsDurable ? 5000 : 2000;
    private readonly int _samples = options.IsDurable ? 500 : 5000;

    internal async Task RunAsync(CancellationToken stop)
    {
        if (!options.Wants("latency")) return;
        foreach (var system in systems) await MeasureAsync(system, stop);
    }

    private async Task MeasureAsync(BenchSystem system, CancellationToken stop)
    {
        await system.Place.ClearAsync();
        await using var engine = await system.StartAsync(true);
        var samples = new List<double>(_samples);
        var beyond = new List<double>(_samples);
        for (var i = 0; i < _warmUps + _samples; i++)
        {
            var started = engine.NextStart();
            var before = Stopwatch.GetTimestamp();
            await engine.Client.EnqueueAsync(engine.Probe, Payload.Number(i), cancellation: CancellationToken.None);
            var took = Stopwatch.GetElapsedTime(before, await started.WaitAsync(stop));
            if (i < _warmUps) continue;
            samples.Add(took.TotalMilliseconds);
            if (engine.LastIntake is { } intake) beyond.Add((took - intake).TotalMilliseconds);
        }

        Print(system, "latency", samples);
        if (beyond.Count > 0) Print(system, "latency_beyond_commit", beyond);
        foreach (var (measure, withEnds) in new[] { ("bare_commit", false), ("bare_commit_beside_end", true) })
        {
            if (await system.Place.BareCommitsAsync(_warmUps + _samples, BareBytes, withEnds, stop) is { } commits) Print(system, measure, commits[_warmUps..]);
        }
    }

    private static void Print(BenchSystem system, string measure, List<double> samples)
    {
        samples.Sort();
        Report.Print(system.Name, $"{measure}_p50", Math.Round(samples[samples.Count / 2], 4), "ms");
        Report.Print(system.Name, $"{measure}_p99", Math.Round(samples[samples.Count * 99 / 100], 4), "ms");
    }
}
