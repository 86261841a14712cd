namespace Jobs;

/// <summary>Handles the jobs of a task that has a result. A new one is made for each run, from a scope of its own.</summary>
/// <typeparam name="TPayload">What a job of the task carries.</typeparam>
/// <typeparam name="TResult">What the handler returns.</typeparam>
public interface ITaskHandler<in TPayload, TResult>
{
    /// <summary>Runs one attempt of one job and returns its result; an exception fails the attempt.</summary>
    Task<TResult> HandleAsync(TPayload payload, JobContext job);
}
