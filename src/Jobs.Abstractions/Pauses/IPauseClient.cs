namespace Jobs;

/// <summary>
/// Pauses and resumes queues and tasks. A pause is stored: it outlives restarts and holds for every process on the store. Jobs that were
/// handed to a worker go on, no other is started, and enqueueing works. Safe for many threads.
/// </summary>
public interface IPauseClient
{
    /// <summary>
    /// Pauses a queue or a task. When this returns, the process that serves the queue hands out no more of its jobs, if it is this one;
    /// other processes follow within seconds (a quarter of <c>OwnerLease</c>).
    /// </summary>
    /// <param name="target">What.</param>
    /// <param name="reason">Why, for whoever asks later; at most <see cref="JobLimits.MaxKeyChars"/> characters.</param>
    /// <param name="cancellation">Gives up waiting; the pause may be stored then.</param>
    /// <returns>The pause as it is stored. What was paused before stays as it is, with its own time and reason.</returns>
    /// <exception cref="LimitExceededException">The reason is too long.</exception>
    ValueTask<Pause> PauseAsync(PauseTarget target, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Ends a pause: its jobs are handed out again at once, or within seconds by other processes.</summary>
    /// <returns>False if it was not paused.</returns>
    ValueTask<bool> ResumeAsync(PauseTarget target, CancellationToken cancellation = default);

    /// <summary>What is paused now, queues first, sorted by name.</summary>
    ValueTask<IReadOnlyList<Pause>> ListAsync(CancellationToken cancellation = default);
}
