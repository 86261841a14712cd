namespace Jobs;

/// <summary>An awaited job was discarded or deleted, so it has no result.</summary>
public sealed class JobDiscardedException(JobId id, string task, string? reason)
    : JobsException($"The job {id} ('{task}') was discarded: {reason ?? "no reason was given"}. Enqueue it again if it is still wanted.")
{
    /// <summary>The job.</summary>
    public JobId Id { get; } = id;

    /// <summary>The task's name.</summary>
    public string Task { get; } = task;

    /// <summary>The reason that the handler or the operator gave.</summary>
    public string? Reason { get; } = reason;
}
