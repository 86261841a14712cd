namespace Jobs;

/// <summary>Handles the jobs of a task. A new one is made for each run, from a scope of its own.</summary>
/// <typeparam name="TPayload">What a job of the task carries.</typeparam>
public interface ITaskHandler<in TPayload>
{
    /// <summary>Runs one attempt of one job; an exception fails the attempt.</summary>
    Task HandleAsync(TPayload payload, JobContext job);
}
