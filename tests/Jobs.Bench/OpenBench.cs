using System.Diagnostics;
using Jobs.Core;

namespace Jobs.Bench;

/// <summary>What a process waits for that takes a partition over in which very many jobs wait, half of them for a later time.</summary>
internal sealed class OpenBench(BenchOptions options, BenchStore place)
{
    private const int BatchJobs = 1000;

    private static readonly TaskDefinition<Payload> Work = TaskDefinition.Create<Payload>("work");

    internal async Task RunAsync(CancellationToken stop)
    {
        await FillAsync(stop);
        var times = new List<(double Opened, double Started, double Megabytes)>();
        for (var round = 0; round < options.WarmUps + options.Rounds; round++)
        {
            stop.ThrowIfCancellationRequested();
            var taken = await OpenAsync(stop);
            if (round >= options.WarmUps) times.Add(taken);
        }

        Report.Print(options.System, "open", Report.Median(times.Select(t => t.Opened)), "ms");
        Report.Print(options.System, "open_first_handler", Report.Median(times.Select(t => t.Started)), "ms");
        Report.Print(options.System, "open_live_objects", Report.Median(times.Select(t => t.Megabytes)), "MB");
    }

    private async Task FillAsync(CancellationToken stop)
    {
        await place.ClearAsync();
        await using var producer = await StartAsync(0, static () => { });
        for (var start = 0; start < options.Jobs; start += BatchJobs)
        {
            stop.ThrowIfCancellationRequested();
            var payloads = Enumerable.Range(start, Math.Min(BatchJobs, options.Jobs - start)).Select(Payload.Number).ToArray();
            await producer.Client.EnqueueManyAsync(Work, payloads, cancellation: CancellationToken.None);
            var later = TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(start);
            await producer.Client.EnqueueManyAsync(Work, payloads, o => o.After(later), cancellation: CancellationToken.None);
        }
    }

    /// <summary>From the start of the engine until it serves, and until the first handler runs; and what is in memory then.</summary>
    private async Task<(double Opened, double Started, double Megabytes)> OpenAsync(CancellationToken stop)
    {
        var started = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = Stopwatch.GetTimestamp();
        await using var engine = await StartAsync(1, () => started.TrySetResult(Stopwatch.GetTimestamp()));
        var opened = Stopwatch.GetElapsedTime(begun);
        var first = Stopwatch.GetElapsedTime(begun, await started.Task.WaitAsync(stop));

        // All of the process: what was there before is a few megabytes, and some of that goes meanwhile, so a difference would say nothing.
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        return (opened.TotalMilliseconds, first.TotalMilliseconds, memory / BenchStore.BytesPerMegabyte);
    }

    /// <summary>The one job that starts goes on until the engine stops, and is given back then.</summary>
    private async Task<EmbeddedEngine> StartAsync(int concurrency, Action atStart) => await EmbeddedJobs.StartAsync(jobs =>
    {
        jobs.DrainTime = TimeSpan.Zero;
        jobs.UseStore(_ => place.Open())
            .Queue(QueueName.Default, queue => (queue.Concurrency, queue.CapacityJobs) = (concurrency, 2 * options.Jobs))
            .Handle(Work, async (_, job) =>
            {
                atStart();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, job.Cancellation);
            });
    });
}
