namespace Jobs;

/// <summary>Something an operator does to a job: a closed set.</summary>
public abstract record JobAction
{
    private JobAction(string name) => Name = name;

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>Ends an unfinished job. A running handler is told by its token; whatever it returns later changes nothing.</summary>
    public static JobAction Cancel { get; } = new CancelJob();

    /// <summary>
    /// Brings a dead, cancelled or discarded job back, or one that waits for its next attempt: due now, attempts, errors and result cleared.
    /// </summary>
    public static JobAction Retry { get; } = new RetryJob();

    /// <summary>Makes a scheduled or retrying job due now; its attempts are kept.</summary>
    public static JobAction RunNow { get; } = new RunJobNow();

    /// <summary>Removes the job and its record. A running job is refused, unless <paramref name="whenRunning"/>.</summary>
    public static JobAction Delete(bool whenRunning = false) => new DeleteJob(whenRunning);

    /// <summary>Moves a job that is not running and not finished to another time; a past time means now.</summary>
    public static JobAction Reschedule(DateTimeOffset runAt) => new RescheduleJob(runAt);

    /// <summary>Changes the priority of an unfinished job.</summary>
    public static JobAction ChangePriority(Priority priority) => new ChangeJobPriority(priority);

    /// <summary>See <see cref="Cancel"/>.</summary>
    public sealed record CancelJob() : JobAction("be cancelled");

    /// <summary>See <see cref="Retry"/>.</summary>
    public sealed record RetryJob() : JobAction("be retried");

    /// <summary>See <see cref="RunNow"/>.</summary>
    public sealed record RunJobNow() : JobAction("be run now");

    /// <summary>See <see cref="Delete"/>.</summary>
    /// <param name="WhenRunning">Whether a running job is deleted too; its handler is told by its token.</param>
    public sealed record DeleteJob(bool WhenRunning) : JobAction("be deleted");

    /// <summary>See <see cref="Reschedule"/>.</summary>
    /// <param name="RunAt">The new time.</param>
    public sealed record RescheduleJob(DateTimeOffset RunAt) : JobAction("be rescheduled");

    /// <summary>See <see cref="ChangePriority"/>.</summary>
    /// <param name="Priority">The new priority.</param>
    public sealed record ChangeJobPriority(Priority Priority) : JobAction("change its priority");
}
