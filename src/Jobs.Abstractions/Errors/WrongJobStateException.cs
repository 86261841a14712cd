namespace Jobs;

/// <summary>A job cannot do this in the state it is in; nothing was changed.</summary>
public sealed class WrongJobStateException(JobId id, JobState state, string action)
    : JobsException($"The job {id} is {state} and cannot {action}. Read its state with FindAsync first.")
{
    /// <summary>The job.</summary>
    public JobId Id { get; } = id;

    /// <summary>The state it was in.</summary>
    public JobState State { get; } = state;

    /// <summary>What was asked of it.</summary>
    public string Action { get; } = action;
}
