namespace Jobs;

/// <summary>A handler was stopped because its job ran longer than its timeout.</summary>
public sealed class JobTimeoutException(JobId id, TimeSpan timeout)
    : JobsException($"The job {id} ran longer than its timeout of {timeout}. Raise JobOptions.Timeout, or make the handler faster.")
{
    /// <summary>The job.</summary>
    public JobId Id { get; } = id;

    /// <summary>The timeout that was exceeded.</summary>
    public TimeSpan Timeout { get; } = timeout;
}
