namespace Jobs;

/// <summary>
/// An enqueued job in the hand of a caller. It can be kept, or made again from the id with
/// <see cref="JobClientExtensions.Handle(IJobClient, JobId)"/>.
/// </summary>
public class JobHandle
{
    /// <summary>Makes a handle; clients do, code rarely needs to.</summary>
    public JobHandle(IJobClient client, JobId id, bool alreadyExisted = false)
    {
        Client = client;
        Id = id;
        AlreadyExisted = alreadyExisted;
    }

    /// <summary>The job's id.</summary>
    public JobId Id { get; }

    /// <summary>True if the enqueue that returned this handle met an unfinished job with the same unique key, which this is.</summary>
    public bool AlreadyExisted { get; }

    /// <summary>The client that it was enqueued through.</summary>
    public IJobClient Client { get; }

    /// <summary>The job as it is now.</summary>
    /// <exception cref="JobNotFoundException">Its record has been removed.</exception>
    public ValueTask<JobSnapshot> GetAsync(CancellationToken cancellation = default) => Client.GetAsync(Id, cancellation);

    /// <summary>Waits until the job is final and returns it as it ended, whether well or not.</summary>
    /// <exception cref="JobWaitTimeoutException">It did not finish in time; it goes on.</exception>
    public ValueTask<JobSnapshot> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        Client.WaitAsync(Id, timeout, cancellation);

    /// <summary>Waits until the job is completed.</summary>
    /// <exception cref="JobFailedException">It ended dead.</exception>
    /// <exception cref="JobCancelledException">It was cancelled.</exception>
    /// <exception cref="JobDiscardedException">It was discarded or deleted.</exception>
    /// <exception cref="JobWaitTimeoutException">It did not finish in time; it goes on.</exception>
    public async ValueTask CompletionAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        JobEndings.ThrowUnlessCompleted(await Client.WaitAsync(Id, timeout, cancellation).ConfigureAwait(false));

    /// <summary>Cancels the job.</summary>
    /// <exception cref="WrongJobStateException">It is final already.</exception>
    public ValueTask<JobSnapshot> CancelAsync(CancellationToken cancellation = default) => Client.CancelAsync(Id, cancellation);

    /// <summary>The id.</summary>
    public override string ToString() => Id.ToString();
}
