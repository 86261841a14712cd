namespace Jobs;

/// <summary>Stands around every run. The first one added is the outermost; the built-in ones (metrics, recovery, request id) are outside all of them.</summary>
public interface IRunMiddleware
{
    /// <summary>Runs the job by calling <paramref name="next"/>, or decides the outcome without it.</summary>
    ValueTask<JobOutcome> InvokeAsync(JobContext job, JobDelegate next);
}
