using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>A job by its id (<see cref="JobId.ToString()"/>), as code sees it that has only an Orleans client.</summary>
[Alias("jobs.IJob")]
public interface IJob : IGrainWithStringKey
{
    /// <summary>The job as it is now; null if there is none.</summary>
    [Alias("Find")]
    Task<JobSnapshot?> FindAsync();

    /// <summary>Waits for the job's end.</summary>
    /// <param name="atMost">How long to wait; must be shorter than the caller's response time-out.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="JobWaitTimeoutException">The job did not finish in time; it goes on.</exception>
    [Alias("Wait")]
    Task<JobSnapshot> WaitAsync(TimeSpan atMost);

    /// <summary>Ends the job if it is unfinished.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="WrongJobStateException">It is final already.</exception>
    [Alias("Cancel")]
    Task<JobSnapshot> CancelAsync();

    /// <summary>Brings the job back from its end, or makes its next attempt due now, with all attempts.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="WrongJobStateException">It is neither retrying nor ended without success.</exception>
    /// <exception cref="PayloadPrunedException">Its payload is not kept any more.</exception>
    [Alias("Retry")]
    Task<JobSnapshot> RetryAsync();

    /// <summary>Does something to the job: <c>JobActionMessage.From(JobAction.RunNow)</c>, and whatever else <see cref="JobAction"/> has.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="WrongJobStateException">It cannot do this in the state it is in.</exception>
    [Alias("Apply")]
    Task<JobSnapshot> ApplyAsync(JobActionMessage action);
}
