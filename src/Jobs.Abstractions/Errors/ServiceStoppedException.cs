namespace Jobs;

/// <summary>The service has stopped, or has not been started.</summary>
public sealed class ServiceStoppedException(string action)
    : JobsException($"The job service is not running and cannot {action}. Start it first, and do not use it after it was stopped.")
{
    /// <summary>What was asked of it.</summary>
    public string Action { get; } = action;
}
