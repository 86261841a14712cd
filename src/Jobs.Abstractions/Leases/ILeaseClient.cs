namespace Jobs;

/// <summary>
/// Lets code pull jobs by itself in place of handlers: take, then answer. Every answer is fenced by the delivery: one that comes after the
/// lease ended, or after the job ended otherwise, is a <see cref="LeaseLostException"/> and changes nothing. Code uses the methods of
/// <see cref="LeaseClientExtensions"/>; this is what a client implements. Safe for many threads.
/// </summary>
/// <remarks>
/// Jobs are handed out in the queue's order, each to one consumer: a handler or a lease. Leases do not count against the concurrency of
/// queues and tasks. They outlive a restart of the service on a durable store: the job is not handed out again before its lease is over,
/// and its token still answers it.
/// </remarks>
public interface ILeaseClient
{
    /// <summary>Takes jobs. Each is running, and that is stored, when this returns.</summary>
    /// <returns>The jobs, at most as many as asked for; none if there was none until the wait was over.</returns>
    /// <exception cref="InvalidJobOptionException">The request makes no sense.</exception>
    /// <exception cref="QueueOwnedElsewhereException">Another process owns the queue.</exception>
    /// <exception cref="ServiceStoppedException">The service is not running, or stops while this waits.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before a job came; none is lost by it.</exception>
    ValueTask<IReadOnlyList<LeasedJob>> TakeAsync(LeaseRequest request, CancellationToken cancellation = default);

    /// <summary>Says that the job is done.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="result">The result as it was encoded; null for none.</param>
    /// <param name="cancellation">Gives up waiting; whether the answer counted is not known then.</param>
    /// <exception cref="LeaseLostException">The lease is over; nothing was changed.</exception>
    /// <exception cref="InvalidHandlerResultException">The task promises a result and there is none; the lease goes on.</exception>
    /// <exception cref="LimitExceededException">The result is too large; the lease goes on.</exception>
    ValueTask AckAsync(LeaseToken lease, ReadOnlyMemory<byte>? result = null, CancellationToken cancellation = default);

    /// <summary>Says that the attempt failed: the job is tried again, or dead when its attempts are used up.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="delay">When it is due again, from now; null means after the job's own backoff, zero at once.</param>
    /// <param name="error">Why; null means that nothing is known.</param>
    /// <param name="cancellation">Gives up waiting; whether the answer counted is not known then.</param>
    /// <exception cref="LeaseLostException">The lease is over; nothing was changed.</exception>
    /// <exception cref="InvalidJobOptionException">The delay is negative.</exception>
    ValueTask NackAsync(LeaseToken lease, TimeSpan? delay = null, string? error = null, CancellationToken cancellation = default);

    /// <summary>Says that the job shall not be tried again: it is dead, and kept.</summary>
    /// <exception cref="LeaseLostException">The lease is over; nothing was changed.</exception>
    ValueTask DeadLetterAsync(LeaseToken lease, string error, CancellationToken cancellation = default);

    /// <summary>Gives the job back unused: it is handed out again at once, and no attempt is used.</summary>
    /// <exception cref="LeaseLostException">The lease is over; nothing was changed.</exception>
    ValueTask GiveBackAsync(LeaseToken lease, CancellationToken cancellation = default);

    /// <summary>Makes the lease last for a time from now on, longer or shorter than it would have.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="length">How long; null means <see cref="LeaseRequest.DefaultLength"/>.</param>
    /// <param name="cancellation">Gives up waiting; whether it counted is not known then.</param>
    /// <returns>When the lease ends now.</returns>
    /// <exception cref="LeaseLostException">The lease is over; nothing was changed.</exception>
    /// <exception cref="InvalidJobOptionException">The length is not positive, or more than <see cref="LeaseRequest.MaxLength"/>.</exception>
    ValueTask<DateTimeOffset> ExtendAsync(LeaseToken lease, TimeSpan? length = null, CancellationToken cancellation = default);
}
