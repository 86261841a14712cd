namespace Jobs;

/// <summary>A kind of work whose jobs carry a <typeparamref name="TPayload"/>; made by <see cref="TaskDefinition.Create"/>.</summary>
/// <typeparam name="TPayload">What a job of this task carries.</typeparam>
public class TaskDefinition<TPayload> : TaskDefinition
{
    internal TaskDefinition(string name, TaskOptions options) : base(name, options)
    {
    }

    /// <inheritdoc/>
    public override Type PayloadType => typeof(TPayload);

    /// <summary>Enqueues through the client that this task is bound to.</summary>
    /// <exception cref="TaskNotBoundException">The task is bound to no client.</exception>
    public ValueTask<JobHandle> EnqueueAsync(
        TPayload payload, Action<EnqueueOptions>? configure = null, CancellationToken cancellation = default) =>
        RequireClient().EnqueueAsync(this, payload, configure, cancellation);
}
