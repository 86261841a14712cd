namespace Jobs;

/// <summary>A job did not finish in the time a caller was willing to wait; the job itself goes on.</summary>
public sealed class JobWaitTimeoutException(JobId id, TimeSpan timeout)
    : JobsException($"The job {id} did not finish within {timeout}. It goes on; wait again on its handle, or cancel it.")
{
    /// <summary>The job.</summary>
    public JobId Id { get; } = id;

    /// <summary>How long the caller waited.</summary>
    public TimeSpan Timeout { get; } = timeout;
}
