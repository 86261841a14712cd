namespace Jobs;

/// <summary>
/// Enqueues jobs and looks after them. Code uses the typed methods of <see cref="JobClientExtensions"/>; this is what a client
/// implements, whether the engine is in the same process or elsewhere. Safe for many threads.
/// </summary>
public interface IJobClient
{
    /// <summary>The codec of tasks that name none.</summary>
    IPayloadCodec Codec { get; }

    /// <summary>What is around every enqueue of this client, the outermost first, for whoever enqueues on another way than through it.</summary>
    IReadOnlyList<IEnqueueMiddleware> EnqueueMiddleware => [];

    /// <summary>The schedules of the service.</summary>
    /// <exception cref="SchedulesNotKeptException">There is no place for them here.</exception>
    IScheduleClient Schedules => throw new SchedulesNotKeptException(GetType().Name);

    /// <summary>What is paused, and pausing it.</summary>
    /// <exception cref="SettingsNotKeptException">There is no place for it here.</exception>
    IPauseClient Pauses => throw new SettingsNotKeptException(GetType().Name);

    /// <summary>Sets and removes limits on how many jobs run at once or start in a time.</summary>
    /// <exception cref="SettingsNotKeptException">The service, or its store, keeps no settings.</exception>
    ILimitClient Limits => throw new SettingsNotKeptException(GetType().Name);

    /// <summary>Who runs jobs now, and which tasks wait that nobody runs.</summary>
    /// <exception cref="NotOfferedException">Nothing is known of workers here.</exception>
    IWorkerClient Workers => throw new NotOfferedException(GetType().Name, "workers");

    /// <summary>Taking jobs to run them by oneself, in place of handlers.</summary>
    /// <exception cref="NotOfferedException">Jobs cannot be leased here.</exception>
    ILeaseClient Leases => throw new NotOfferedException(GetType().Name, "leases");

    /// <summary>Publishing to topics, and listening to them.</summary>
    /// <exception cref="NotOfferedException">There are no topics here.</exception>
    ITopicClient Topics => throw new NotOfferedException(GetType().Name, "topics");

    /// <summary>
    /// Enqueues all jobs or none, across tasks and queues, and returns when they are committed. An empty list changes nothing.
    /// </summary>
    /// <returns>A handle per job, in the order given.</returns>
    /// <exception cref="TaskNotRegisteredException">A task is unknown and its policy rejects it.</exception>
    /// <exception cref="LimitExceededException">A job or the batch is too large.</exception>
    /// <exception cref="InvalidJobOptionException">An option makes no sense.</exception>
    /// <exception cref="DuplicateJobException">A job with an id of the caller's own exists, or is unfinished if its scope is that.</exception>
    /// <exception cref="QueueBusyException">The queue is full and the caller does not wait, or waited long enough.</exception>
    /// <exception cref="ServiceStoppedException">The service is not running.</exception>
    ValueTask<IReadOnlyList<JobHandle>> EnqueueAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation = default);

    /// <summary>Finds a job, unfinished or finished; null if there is none.</summary>
    ValueTask<JobSnapshot?> FindAsync(JobId id, CancellationToken cancellation = default);

    /// <summary>Lists jobs, a page at a time.</summary>
    ValueTask<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellation = default);

    /// <summary>Counts the jobs of a queue, or of all queues, by state.</summary>
    ValueTask<JobCounts> CountAsync(QueueName? queue = null, CancellationToken cancellation = default);

    /// <summary>Waits until the job is final, and returns it as it ended.</summary>
    /// <param name="id">The job.</param>
    /// <param name="timeout">How long to wait; null means as long as it takes.</param>
    /// <param name="cancellation">Ends the wait, not the job.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="JobWaitTimeoutException">The job did not finish in time; it goes on.</exception>
    ValueTask<JobSnapshot> WaitAsync(JobId id, TimeSpan? timeout = null, CancellationToken cancellation = default);

    /// <summary>Does something to one job, and returns it as it is after.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="WrongJobStateException">The job cannot do this in the state it is in.</exception>
    /// <exception cref="UniqueKeyTakenException">The job was to be retried, but another unfinished one has its unique key.</exception>
    /// <exception cref="PayloadPrunedException">The job was to be retried, but its payload is not kept any more.</exception>
    ValueTask<JobSnapshot> ApplyAsync(JobId id, JobAction action, CancellationToken cancellation = default);

    /// <summary>Does something to every job that a filter matches and that can do it in its state.</summary>
    /// <returns>How many jobs were changed.</returns>
    ValueTask<int> ApplyAsync(JobFilter filter, JobAction action, CancellationToken cancellation = default);
}
