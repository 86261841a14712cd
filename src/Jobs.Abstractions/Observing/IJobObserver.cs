namespace Jobs;

/// <summary>
/// Hears of the steps below of every job in this process; override what is of interest. Called after the step is committed, but for
/// <see cref="Started"/>, which is called when a worker takes the job up; in order for each job. What an operator moves (run now,
/// reschedule, priority, retry, delete) and what is given back is not told. An exception is logged and goes no further; slow work belongs
/// elsewhere, because it delays others.
/// </summary>
public interface IJobObserver
{
    /// <summary>A job was enqueued.</summary>
    void Enqueued(JobSnapshot job)
    {
    }

    /// <summary>An attempt starts in a worker of this process.</summary>
    void Started(JobSnapshot job)
    {
    }

    /// <summary>A job is completed.</summary>
    void Completed(JobSnapshot job)
    {
    }

    /// <summary>An attempt failed, and the job will be tried again at its <see cref="JobSnapshot.RunAt"/>.</summary>
    void WillRetry(JobSnapshot job, JobError error)
    {
    }

    /// <summary>A handler asked to run again later.</summary>
    void Rescheduled(JobSnapshot job)
    {
    }

    /// <summary>A job is dead.</summary>
    void Dead(JobSnapshot job)
    {
    }

    /// <summary>A job was cancelled.</summary>
    void Cancelled(JobSnapshot job)
    {
    }

    /// <summary>A job was discarded.</summary>
    void Discarded(JobSnapshot job)
    {
    }

    /// <summary>The last job of a queue's partition that was ready has been handed out.</summary>
    void QueueEmpty(QueueName queue)
    {
    }

    /// <summary>
    /// Something went wrong in the worker itself, not in a handler: a partition is not served any more. A store that is away is no such
    /// thing, because everything is tried again; <see cref="IJobsHealth"/> tells of that.
    /// </summary>
    void WorkerError(Exception error)
    {
    }
}
