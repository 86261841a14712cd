namespace Jobs;

/// <summary>An awaited job ended dead: its attempts are used up, or it was moved to the dead letters.</summary>
public sealed class JobFailedException(JobId id, string task, JobError? error)
    : JobsException($"The job {id} ('{task}') is dead: {error?.Type}: {error?.Message ?? "no error was recorded"}. "
        + "Retry it with RetryAsync once the cause is mended.")
{
    /// <summary>The job.</summary>
    public JobId Id { get; } = id;

    /// <summary>The task's name.</summary>
    public string Task { get; } = task;

    /// <summary>The last error.</summary>
    public JobError? Error { get; } = error;
}
