namespace Jobs;

/// <summary>An enqueued job whose handler returns a <typeparamref name="TResult"/>.</summary>
/// <typeparam name="TResult">What the handler returns.</typeparam>
public sealed class JobHandle<TResult> : JobHandle
{
    private readonly TaskDefinition _task;

    internal JobHandle(IJobClient client, JobId id, bool alreadyExisted, TaskDefinition task) : base(client, id, alreadyExisted) => _task = task;

    /// <summary>Waits for the job and returns its result.</summary>
    /// <param name="timeout">How long to wait; null means as long as it takes.</param>
    /// <param name="cancellation">Ends the wait, not the job.</param>
    /// <exception cref="JobFailedException">It ended dead.</exception>
    /// <exception cref="JobCancelledException">It was cancelled.</exception>
    /// <exception cref="JobDiscardedException">It was discarded or deleted.</exception>
    /// <exception cref="JobWaitTimeoutException">It did not finish in time; it goes on.</exception>
    public async ValueTask<TResult> ResultAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        JobEndings.ResultOf<TResult>(_task, await Client.WaitAsync(Id, timeout, cancellation).ConfigureAwait(false), Client.Codec);
}
