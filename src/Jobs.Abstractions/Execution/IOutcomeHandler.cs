namespace Jobs;

/// <summary>Handles the jobs of a task and says itself how each attempt ends. A new one is made for each run, from a scope of its own.</summary>
/// <typeparam name="TPayload">What a job of the task carries.</typeparam>
public interface IOutcomeHandler<in TPayload>
{
    /// <summary>Runs one attempt of one job and says how it ended; an exception fails the attempt.</summary>
    Task<JobOutcome> HandleAsync(TPayload payload, JobContext job);
}
