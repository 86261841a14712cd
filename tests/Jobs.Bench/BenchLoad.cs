namespace Jobs.Bench;

/// <summary>What callers do to an engine.</summary>
internal static class BenchLoad
{
    private const int BatchJobs = 1000;

    /// <summary>Enqueues jobs, one call of 1,000 at a time.</summary>
    internal static async Task EnqueueAsync(this IBenchEngine engine, int jobs, CancellationToken stop)
    {
        for (var start = 0; start < jobs; start += BatchJobs)
        {
            stop.ThrowIfCancellationRequested();
            var payloads = Enumerable.Range(start, Math.Min(BatchJobs, jobs - start)).Select(Payload.Number).ToArray();
            await engine.Client.EnqueueManyAsync(engine.NoOp, payloads, cancellation: CancellationToken.None);
        }
    }

    /// <summary>Enqueues jobs one by one, from callers that each await one at a time.</summary>
    internal static Task EnqueueSingleAsync(this IBenchEngine engine, int jobs, int callers, CancellationToken stop)
    {
        var next = 0;
        return Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i <= jobs; i = Interlocked.Increment(ref next))
            {
                stop.ThrowIfCancellationRequested();
                await engine.Client.EnqueueAsync(engine.NoOp, Payload.Number(i), cancellation: CancellationToken.None);
            }
        })));
    }
}
