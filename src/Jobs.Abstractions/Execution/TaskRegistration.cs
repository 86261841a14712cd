namespace Jobs;

/// <summary>A task together with the handler of its jobs.</summary>
/// <param name="Task">The task.</param>
/// <param name="Handler">Decodes the payload, runs one attempt, and says how it ended.</param>
public sealed record TaskRegistration(TaskDefinition Task, JobDelegate Handler)
{
    /// <summary>
    /// Whether each run has a transaction of the store's, which the handler finds by <see cref="JobContext.Feature{T}"/> and which commits
    /// together with the run's outcome; default false.
    /// </summary>
    public bool IsTransactional { get; init; }
}
