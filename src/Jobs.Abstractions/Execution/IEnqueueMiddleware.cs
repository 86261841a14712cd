namespace Jobs;

/// <summary>Stands around every enqueue of this process. The first one added is the outermost.</summary>
public interface IEnqueueMiddleware
{
    /// <summary>Enqueues by calling <paramref name="next"/>, with the same jobs or others; an exception refuses the enqueue.</summary>
    ValueTask<IReadOnlyList<JobHandle>> InvokeAsync(IReadOnlyList<EncodedJob> jobs, EnqueueDelegate next, CancellationToken cancellation);
}
