using System.Diagnostics;

namespace Jobs.Bench;

/// <summary>Jobs per second: enqueued, drained, and both at once. Systems that are compared take turns in each round.</summary>
internal sealed class ThroughputBench(BenchOptions options, params IReadOnlyList<BenchSystem> systems)
{
    internal async Task RunAsync(CancellationToken stop)
    {
        // Rounds of fewer jobs warm up with more of them: the JIT counts calls.
        var shortRounds = (int)Math.Ceiling(options.WarmUps * (double)options.Jobs / options.SingleJobs);
        await MeasureAsync("enqueue_single", system => EnqueueSingleAsync(system, stop), shortRounds);
        await MeasureAsync("enqueue_batch", system => EnqueueBatchAsync(system, stop), options.WarmUps);
        await MeasureAsync("drain", system => DrainAsync(system, stop), options.WarmUps);
        await MeasureAsync("cycle", system => CycleAsync(system, stop), options.WarmUps);
    }

    private async Task MeasureAsync(string measure, Func<BenchSystem, Task<double>> run, int warmUps)
    {
        if (!options.Wants(measure)) return;
        var rates = systems.ToDictionary(system => system, _ => new List<double>());
        for (var round = 0; round < warmUps + options.Rounds; round++)
        {
            foreach (var system in systems)
            {
                await system.Place.ClearAsync();
                var rate = await run(system);
                if (round >= warmUps) rates[system].Add(rate);
            }
        }

        foreach (var system in systems) Report.Print(system.Name, measure, Report.Median(rates[system]), "jobs/s");
    }

    private async Task<double> EnqueueSingleAsync(BenchSystem system, CancellationToken stop)
    {
        await using var engine = await system.StartAsync(false);
        var watch = Stopwatch.StartNew();
        await engine.EnqueueSingleAsync(options.SingleJobs, options.Callers, stop);
        return options.SingleJobs / watch.Elapsed.TotalSeconds;
    }

    private async Task<double> EnqueueBatchAsync(BenchSystem system, CancellationToken stop)
    {
        await using var engine = await system.StartAsync(false);
        var watch = Stopwatch.StartNew();
        await engine.EnqueueAsync(options.Jobs, stop);
        return options.Jobs / watch.Elapsed.TotalSeconds;
    }

    private async Task<double> DrainAsync(BenchSystem system, CancellationToken stop)
    {
        await using (var producer = await system.StartAsync(false)) await producer.EnqueueAsync(options.Jobs, stop);
        var watch = Stopwatch.StartNew();
        await using var worker = await system.StartAsync(true);
        await worker.WhenCommittedAsync(options.Jobs, stop);
        return options.Jobs / watch.Elapsed.TotalSeconds;
    }

    private async Task<double> CycleAsync(BenchSystem system, CancellationToken stop)
    {
        await using var engine = await system.StartAsync(true);
        var watch = Stopwatch.StartNew();
        await engine.EnqueueAsync(options.Jobs, stop);
        await engine.WhenCommittedAsync(options.Jobs, stop);
        return options.Jobs / watch.Elapsed.TotalSeconds;
    }
}
