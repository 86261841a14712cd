namespace Jobs;

/// <summary>What is around the writing of new jobs, whoever writes them: a span, and the middleware of the client.</summary>
internal sealed class EnqueueCall
{
    private readonly EnqueueDelegate _enqueue;
    private readonly bool _hasMiddleware;

    /// <summary>Makes the chain.</summary>
    /// <param name="middleware">The middleware; the first one is the outermost.</param>
    /// <param name="write">Writes the jobs.</param>
    internal EnqueueCall(IReadOnlyList<IEnqueueMiddleware> middleware, EnqueueDelegate write)
    {
        _hasMiddleware = middleware.Count > 0;
        _enqueue = middleware.Reverse().Aggregate<IEnqueueMiddleware, EnqueueDelegate>(
            write, static (next, outer) => (jobs, cancellation) => outer.InvokeAsync(jobs, next, cancellation));
    }

    /// <summary>Enqueues jobs, at least one.</summary>
    internal ValueTask<IReadOnlyList<JobHandle>> RunAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        if (EnqueueSpan.Start(jobs) is { } span) return EnqueueSpan.EnqueueAsync(span, RunThroughAsync, jobs, cancellation);
        return _hasMiddleware ? RunThroughAsync(jobs, cancellation) : _enqueue(jobs, cancellation);
    }

    private async ValueTask<IReadOnlyList<JobHandle>> RunThroughAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        var handles = await _enqueue(jobs, cancellation).ConfigureAwait(false);
        return handles?.Count == jobs.Count
            ? handles
            : throw new InvalidOperationException(
                $"An enqueue middleware returned {handles?.Count ?? 0} handles for {jobs.Count} jobs. Return what next returns, one handle for each job.");
    }
}
