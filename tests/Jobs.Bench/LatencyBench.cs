using System.Diagnostics;
using Jobs.Core;

namespace Jobs.Bench;

/// <summary>From the enqueue call to the first line of the handler, one job at a time on an idle system.</summary>
internal sealed class LatencyBench(BenchOptions options)
{
    private const int WarmUps = 2000;
    private const int Samples = 5000;

    private static readonly TaskDefinition<Payload> Probe = TaskDefinition.Create<Payload>("latency");

    internal async Task RunAsync()
    {
        if (!options.Wants("latency")) return;
        var started = new TaskCompletionSource<long>();
        await using var engine = await EmbeddedJobs.StartAsync(jobs => jobs
            .UseStore(_ => new InMemoryJobStore())
            .Queue(QueueName.Default, queue => queue.Concurrency = options.Concurrency)
            .Handle(Probe, (_, _) =>
            {
                Volatile.Read(ref started).SetResult(Stopwatch.GetTimestamp());
                return Task.CompletedTask;
            }));
        var samples = new List<double>(Samples);
        for (var i = 0; i < WarmUps + Samples; i++)
        {
            var next = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref started, next);
            var before = Stopwatch.GetTimestamp();
            await engine.Client.EnqueueAsync(Probe, Payload.Number(i));
            var took = Stopwatch.GetElapsedTime(before, await next.Task);
            if (i >= WarmUps) samples.Add(took.TotalMilliseconds);
        }

        samples.Sort();
        Report.Print(options, "latency_p50", Math.Round(samples[Samples / 2], 4), "ms");
        Report.Print(options, "latency_p99", Math.Round(samples[Samples * 99 / 100], 4), "ms");
    }
}
