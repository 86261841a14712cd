namespace Jobs;

/// <summary>Enqueues jobs: the engine itself, or a middleware with the rest behind it.</summary>
public delegate ValueTask<IReadOnlyList<JobHandle>> EnqueueDelegate(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation);
