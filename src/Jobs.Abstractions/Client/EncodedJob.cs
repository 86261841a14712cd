namespace Jobs;

/// <summary>A job as a client sends it: the task, the encoded payload, and what was said for this enqueue.</summary>
/// <param name="Task">The task.</param>
/// <param name="Payload">The payload as the task's codec wrote it.</param>
/// <param name="Options">What was said for this enqueue; null means nothing. Jobs of one call may share it.</param>
public readonly record struct EncodedJob(TaskDefinition Task, ReadOnlyMemory<byte> Payload, EnqueueOptions? Options);
