using System.Diagnostics;
using Jobs.Core;

namespace Jobs.Bench;

/// <summary>Jobs per second: enqueued, drained, and both at once.</summary>
internal sealed class ThroughputBench(BenchOptions options)
{
    private const int BatchJobs = 1000;
    private const int Callers = 64;
    private const int WarmUps = 5;

    internal async Task RunAsync()
    {
        await MeasureAsync("enqueue_single", EnqueueSingleAsync);
        await MeasureAsync("enqueue_batch", EnqueueBatchAsync);
        await MeasureAsync("drain", DrainAsync);
        await MeasureAsync("cycle", CycleAsync);
    }

    private async Task MeasureAsync(string measure, Func<Task<double>> run)
    {
        if (!options.Wants(measure)) return;

        // Rounds until the JIT has compiled the hot path for good are left out.
        for (var round = 0; round < WarmUps; round++) await run();
        var rates = new List<double>();
        for (var round = 0; round < options.Rounds; round++) rates.Add(await run());
        Report.Print(options, measure, Report.Median(rates), "jobs/s");
    }

    private async Task<double> EnqueueSingleAsync()
    {
        await using var engine = await BenchEngine.StartAsync(options, new InMemoryJobStore(), runsJobs: false);
        var next = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i <= options.Jobs; i = Interlocked.Increment(ref next))
                await engine.Client.EnqueueAsync(BenchEngine.NoOp, Payload.Number(i));
        })));
        return options.Jobs / watch.Elapsed.TotalSeconds;
    }

    private async Task<double> EnqueueBatchAsync()
    {
        await using var engine = await BenchEngine.StartAsync(options, new InMemoryJobStore(), runsJobs: false);
        var watch = Stopwatch.StartNew();
        await EnqueueAllAsync(engine);
        return options.Jobs / watch.Elapsed.TotalSeconds;
    }

    private async Task<double> DrainAsync()
    {
        var store = new InMemoryJobStore();
        await using (var producer = await BenchEngine.StartAsync(options, store, runsJobs: false)) await EnqueueAllAsync(producer);
        var watch = Stopwatch.StartNew();
        await using var worker = await BenchEngine.StartAsync(options, store, runsJobs: true);
        await worker.WhenCommittedAsync(options.Jobs);
        return options.Jobs / watch.Elapsed.TotalSeconds;
    }

    private async Task<double> CycleAsync()
    {
        await using var engine = await BenchEngine.StartAsync(options, new InMemoryJobStore(), runsJobs: true);
        var watch = Stopwatch.StartNew();
        await EnqueueAllAsync(engine);
        await engine.WhenCommittedAsync(options.Jobs);
        return options.Jobs / watch.Elapsed.TotalSeconds;
    }

    private async Task EnqueueAllAsync(BenchEngine engine)
    {
        for (var start = 0; start < options.Jobs; start += BatchJobs)
        {
            var payloads = Enumerable.Range(start, Math.Min(BatchJobs, options.Jobs - start)).Select(Payload.Number).ToArray();
            await engine.Client.EnqueueManyAsync(BenchEngine.NoOp, payloads);
        }
    }
}
