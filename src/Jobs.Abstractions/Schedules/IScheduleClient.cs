namespace Jobs;

/// <summary>
/// Looks after stored schedules. Code uses the typed methods of <see cref="ScheduleClientExtensions"/> beside it. Safe for many threads
/// and many nodes at once.
/// </summary>
public interface IScheduleClient
{
    /// <summary>The codec of tasks that name none.</summary>
    IPayloadCodec Codec { get; }

    /// <summary>Stores a schedule that does not exist yet.</summary>
    /// <exception cref="ScheduleExistsException">A schedule has its id.</exception>
    /// <exception cref="ScheduleNeverFiresException">It has no occurrence after now.</exception>
    /// <exception cref="TaskNotRegisteredException">The task is unknown and its policy rejects it.</exception>
    /// <exception cref="InvalidJobOptionException">An option of its jobs makes no sense.</exception>
    /// <exception cref="LimitExceededException">Something of its jobs is too large.</exception>
    ValueTask<ScheduleSnapshot> AddAsync(ScheduleDefinition definition, CancellationToken cancellation = default);

    /// <summary>
    /// Stores a schedule, or changes the one that has its id; changes nothing if that is the same already. Nothing fires by it: what was
    /// missed under another timing is forgotten, and the next occurrence is the first one after now.
    /// </summary>
    /// <inheritdoc cref="ChangeAsync"/>
    ValueTask<ScheduleSnapshot> UpsertAsync(ScheduleDefinition definition, CancellationToken cancellation = default);

    /// <summary>Changes a stored schedule, as <see cref="UpsertAsync"/> does. Pause, runs and the last occurrence stay.</summary>
    /// <param name="definition">What it is to be.</param>
    /// <param name="version">The version that it must have, so that nobody's change is lost; null for any.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ScheduleNotFoundException">No schedule has the id.</exception>
    /// <exception cref="ScheduleChangedException">It has another version by now.</exception>
    /// <exception cref="ScheduleNeverFiresException">It would have no occurrence after now.</exception>
    /// <exception cref="TaskNotRegisteredException">The task is unknown and its policy rejects it.</exception>
    /// <exception cref="InvalidJobOptionException">An option of its jobs makes no sense.</exception>
    /// <exception cref="LimitExceededException">Something of its jobs is too large.</exception>
    ValueTask<ScheduleSnapshot> ChangeAsync(ScheduleDefinition definition, long? version = null, CancellationToken cancellation = default);

    /// <summary>Keeps a schedule from firing; stored, and kept over restarts. A paused one stays as it is.</summary>
    /// <exception cref="ScheduleNotFoundException">No schedule has the id.</exception>
    ValueTask<ScheduleSnapshot> PauseAsync(ScheduleId id, CancellationToken cancellation = default);

    /// <summary>Lets a schedule fire again, from the first occurrence after now on; what it would have done while paused is not made up for.</summary>
    /// <exception cref="ScheduleNotFoundException">No schedule has the id.</exception>
    ValueTask<ScheduleSnapshot> ResumeAsync(ScheduleId id, CancellationToken cancellation = default);

    /// <summary>
    /// Enqueues the schedule's job now, paused or not. It is no occurrence: it counts as no run, and overlap does not look at it.
    /// </summary>
    /// <exception cref="ScheduleNotFoundException">No schedule has the id.</exception>
    ValueTask<JobHandle> TriggerAsync(ScheduleId id, CancellationToken cancellation = default);

    /// <summary>Removes a schedule. Jobs that it has enqueued stay, unless its own ones that have not started are to go with it.</summary>
    /// <param name="id">The schedule.</param>
    /// <param name="withWaitingJobs">Whether jobs of its occurrences that were never started are deleted.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>How many jobs were deleted.</returns>
    /// <exception cref="ScheduleNotFoundException">No schedule has the id.</exception>
    ValueTask<int> RemoveAsync(ScheduleId id, bool withWaitingJobs = false, CancellationToken cancellation = default);

    /// <summary>Finds a schedule, with its next occurrences; null if there is none.</summary>
    /// <param name="id">The schedule.</param>
    /// <param name="upcomingTimes">How many, from 0 to <see cref="ScheduleQuery.MaxUpcomingTimes"/>; default 1.</param>
    /// <param name="cancellation">Ends the query.</param>
    ValueTask<ScheduleSnapshot?> FindAsync(ScheduleId id, int upcomingTimes = 1, CancellationToken cancellation = default);

    /// <summary>Lists schedules by id, a page at a time.</summary>
    ValueTask<IReadOnlyList<ScheduleSnapshot>> ListAsync(ScheduleQuery? query = null, CancellationToken cancellation = default);
}
