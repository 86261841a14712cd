using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>
/// One partition of a queue, key <c>queue/number</c>: its jobs, their order, and every change of them. Clients call it through
/// <see cref="IJobClient"/>.
/// </summary>
[Alias("jobs.IQueuePartition")]
public interface IQueuePartition : IGrainWithStringKey
{
    /// <summary>Makes sure that somebody serves the partition.</summary>
    [Alias("Wake")]
    Task WakeAsync();

    /// <summary>Commits new jobs of this partition, all or none.</summary>
    /// <param name="request">The jobs.</param>
    /// <param name="cancellation">Ends the wait for room; what is on its way to the store is committed.</param>
    /// <exception cref="PartitionMovedException">The partition is moving; repeat the request, and say that it is repeated.</exception>
    [Alias("Enqueue")]
    Task<EnqueueReply> EnqueueAsync(EnqueueRequest request, CancellationToken cancellation);

    /// <summary>Holds places for jobs that somebody commits together with jobs of other partitions.</summary>
    /// <param name="request">The jobs.</param>
    /// <param name="cancellation">Ends the wait for room.</param>
    [Alias("Prepare")]
    Task<Reservation> PrepareAsync(EnqueueRequest request, CancellationToken cancellation);

    /// <summary>Says what became of a reservation. A partition that does not hear of it takes itself over, and so finds out.</summary>
    /// <param name="reservation">Its number.</param>
    /// <param name="reply">What was committed; null if nothing was.</param>
    [Alias("Settle")]
    Task SettleAsync(long reservation, EnqueueReply? reply);

    /// <summary>Says that a commit under an epoch was refused, so the partition has another owner; one that is newer stays.</summary>
    [Alias("Fenced")]
    Task FencedAsync(long epoch);

    /// <summary>A job of this partition, its progress included; null if there is none.</summary>
    [Alias("Find")]
    Task<JobSnapshot?> FindAsync(JobId id);

    /// <summary>
    /// Has a watcher told when jobs end. It is forgotten after a while, so whoever still waits asks again; whoever does so for jobs that are
    /// watched already costs next to nothing.
    /// </summary>
    [Alias("Watch")]
    Task<WatchReply> WatchAsync(WatchRequest request);

    /// <summary>Does something to a job.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="WrongJobStateException">The job cannot do this in the state it is in.</exception>
    [Alias("Apply")]
    Task<JobSnapshot> ApplyAsync(JobId id, JobActionMessage action);

    /// <summary>Takes jobs that are ready, without waiting for any. Each is running, and that is stored, when this returns.</summary>
    /// <exception cref="PartitionMovedException">The partition is moving; repeat the request, and say that it is repeated.</exception>
    [Alias("Take")]
    Task<LeasedJob[]> TakeAsync(TakeRequest request);

    /// <summary>Waits until there is something to take; false if nothing came in time.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="atMost">How long to wait; must be shorter than the caller's response time-out.</param>
    /// <param name="cancellation">Ends the wait.</param>
    [Alias("LookOut")]
    Task<bool> LookOutAsync(TakeRequest request, TimeSpan atMost, CancellationToken cancellation);

    /// <summary>Has the answer of a lease's holder written; returns when the lease ends now, or null if it has ended by this.</summary>
    /// <exception cref="LeaseLostException">The lease was over; nothing was changed.</exception>
    /// <exception cref="InvalidHandlerResultException">The task promises a result and there is none; the lease goes on.</exception>
    /// <exception cref="LimitExceededException">The result is too large; the lease goes on.</exception>
    /// <exception cref="PartitionMovedException">The partition is moving; repeat the answer, and say that it is repeated.</exception>
    [Alias("AnswerLease")]
    Task<DateTimeOffset?> AnswerLeaseAsync(LeaseAnswer answer);

    /// <summary>Has the store know which jobs are running.</summary>
    [Alias("ShowStarts")]
    Task ShowStartsAsync();

    /// <summary>
    /// A worker in another process says what it has of this partition, and gets jobs. Answered when what it reports is committed; it is repeated
    /// with another number when there is no answer.
    /// </summary>
    /// <exception cref="PartitionMovedException">The partition is moving; report again.</exception>
    [Alias("Exchange")]
    Task<WorkerOrdersMessage> ExchangeAsync(WorkerReportMessage report);
}
