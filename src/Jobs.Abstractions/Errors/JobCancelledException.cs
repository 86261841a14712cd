namespace Jobs;

/// <summary>An awaited job was cancelled.</summary>
public sealed class JobCancelledException(JobId id, string task)
    : JobsException($"The job {id} ('{task}') was cancelled. Retry it with RetryAsync to run it after all.")
{
    /// <summary>The job.</summary>
    public JobId Id { get; } = id;

    /// <summary>The task's name.</summary>
    public string Task { get; } = task;
}
