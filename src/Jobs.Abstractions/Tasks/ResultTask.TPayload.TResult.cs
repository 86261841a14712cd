namespace Jobs;

/// <summary>A kind of work whose handler returns a <typeparamref name="TResult"/>; made by <see cref="ResultTask.Create"/>.</summary>
/// <typeparam name="TPayload">What a job of this task carries.</typeparam>
/// <typeparam name="TResult">What its handler returns.</typeparam>
public sealed class ResultTask<TPayload, TResult> : TaskDefinition<TPayload>
{
    internal ResultTask(string name, TaskOptions options) : base(name, options)
    {
    }

    /// <inheritdoc/>
    public override Type ResultType => typeof(TResult);

    /// <summary>Enqueues through the client that this task is bound to.</summary>
    /// <exception cref="TaskNotBoundException">The task is bound to no client.</exception>
    public new ValueTask<JobHandle<TResult>> EnqueueAsync(
        TPayload payload, Action<EnqueueOptions>? configure = null, CancellationToken cancellation = default) =>
        RequireClient().EnqueueAsync(this, payload, configure, cancellation);

    /// <summary>Enqueues through the client that this task is bound to, and awaits the result.</summary>
    /// <exception cref="TaskNotBoundException">The task is bound to no client.</exception>
    public ValueTask<TResult> RunAsync(
        TPayload payload, Action<EnqueueOptions>? configure = null, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        RequireClient().RunAsync(this, payload, configure, timeout, cancellation);
}
