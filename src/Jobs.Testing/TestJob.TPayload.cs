namespace Jobs.Testing;

/// <summary>A job of a known task, with its payload.</summary>
/// <typeparam name="TPayload">What the job carries.</typeparam>
public sealed class TestJob<TPayload> : TestJob
{
    internal TestJob(TaskDefinition<TPayload> task, JobSnapshot snapshot, IPayloadCodec codec) : base(snapshot, codec) => Payload = PayloadOf(task);

    /// <summary>The payload.</summary>
    public TPayload Payload { get; }
}
