namespace Jobs;

/// <summary>A job as a client sends it: the task, the encoded payload, and what was said for this enqueue.</summary>
/// <param name="Task">The task.</param>
/// <param name="Payload">The payload as the task's codec wrote it.</param>
/// <param name="Options">What was said for this enqueue; null means nothing. Jobs of one call may share it.</param>
/// <param name="IsAwaited">Whether the caller goes on to wait for the job, so that its end is kept for him whatever the retention.</param>
public readonly record struct EncodedJob(TaskDefinition Task, ReadOnlyMemory<byte> Payload, EnqueueOptions? Options, bool IsAwaited = false);
