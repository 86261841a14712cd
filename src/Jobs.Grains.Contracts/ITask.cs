using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>A task by its name, as code sees it that has only an Orleans client; typed code uses <see cref="IJobClient"/>.</summary>
[Alias("jobs.ITask")]
public interface ITask : IGrainWithStringKey
{
    /// <summary>Enqueues a job, and returns its id when it is committed.</summary>
    /// <param name="payload">The payload as it was encoded.</param>
    /// <param name="options">What is said for this job; null means the defaults, not those of a definition somewhere in code.</param>
    [Alias("Enqueue")]
    Task<JobId> EnqueueAsync(ReadOnlyMemory<byte> payload, JobOptionsMessage? options = null);

    /// <summary>Enqueues one job per payload, all or none, and returns their ids in the order given.</summary>
    /// <param name="payloads">The payloads as they were encoded.</param>
    /// <param name="options">What is said for all of them; null means the defaults.</param>
    [Alias("EnqueueMany")]
    Task<JobId[]> EnqueueManyAsync(ReadOnlyMemory<byte>[] payloads, JobOptionsMessage? options = null);

    /// <summary>Enqueues jobs that may each have options and an id of their own, all or none, and returns them in the order given.</summary>
    /// <exception cref="DuplicateJobException">A job with an id of the caller's own exists.</exception>
    [Alias("EnqueueBatch")]
    Task<EnqueuedJob[]> EnqueueBatchAsync(NewTaskJob[] jobs);

    /// <summary>Enqueues a job and waits for its end.</summary>
    /// <param name="payload">The payload as it was encoded.</param>
    /// <param name="atMost">How long to wait; must be shorter than the caller's response time-out.</param>
    /// <param name="options">What is said for this job; null means the defaults.</param>
    /// <exception cref="JobWaitTimeoutException">The job did not finish in time; it goes on.</exception>
    [Alias("Run")]
    Task<JobSnapshot> RunAsync(ReadOnlyMemory<byte> payload, TimeSpan atMost, JobOptionsMessage? options = null);
}
