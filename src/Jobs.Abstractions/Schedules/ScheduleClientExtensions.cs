namespace Jobs;

/// <summary>The typed calls that every schedule client offers.</summary>
public static class ScheduleClientExtensions
{
    /// <summary>Stores a schedule that does not exist yet; see <see cref="IScheduleClient.AddAsync"/>.</summary>
    /// <inheritdoc cref="ScheduleDefinition.Create{TPayload}"/>
    public static ValueTask<ScheduleSnapshot> AddAsync<TPayload>(
        this IScheduleClient schedules, ScheduleId id, TaskDefinition<TPayload> task, TPayload payload, Action<ScheduleBuilder> configure,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(schedules);
        return schedules.AddAsync(ScheduleDefinition.Create(id, task, payload, configure, schedules.Codec), cancellation);
    }

    /// <summary>Stores or changes a schedule; see <see cref="IScheduleClient.UpsertAsync"/>.</summary>
    /// <inheritdoc cref="ScheduleDefinition.Create{TPayload}"/>
    public static ValueTask<ScheduleSnapshot> UpsertAsync<TPayload>(
        this IScheduleClient schedules, ScheduleId id, TaskDefinition<TPayload> task, TPayload payload, Action<ScheduleBuilder> configure,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(schedules);
        return schedules.UpsertAsync(ScheduleDefinition.Create(id, task, payload, configure, schedules.Codec), cancellation);
    }

    /// <summary>Changes what is mentioned of a stored schedule; see <see cref="IScheduleClient.ChangeAsync"/>.</summary>
    /// <exception cref="ScheduleNotFoundException">No schedule has the id.</exception>
    /// <exception cref="ScheduleChangedException">Somebody else changed it meanwhile, several times over.</exception>
    public static async ValueTask<ScheduleSnapshot> ChangeAsync(
        this IScheduleClient schedules, ScheduleId id, Action<ScheduleBuilder> change, CancellationToken cancellation = default)
    {
        const int maxTries = 10;
        ArgumentNullException.ThrowIfNull(schedules);
        for (var tries = 1; ; tries++)
        {
            var stored = await schedules.GetAsync(id, cancellation).ConfigureAwait(false);
            try
            {
                return await schedules.ChangeAsync(stored.Definition.With(change), stored.Version, cancellation).ConfigureAwait(false);
            }
            catch (ScheduleChangedException) when (tries < maxTries)
            {
                // Its next occurrence was written, or somebody changed something; the change is made on what is there now.
            }
        }
    }

    /// <summary>The schedule as it is now.</summary>
    /// <exception cref="ScheduleNotFoundException">No schedule has the id.</exception>
    public static async ValueTask<ScheduleSnapshot> GetAsync(this IScheduleClient schedules, ScheduleId id, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(schedules);
        return await schedules.FindAsync(id, cancellation: cancellation).ConfigureAwait(false) ?? throw new ScheduleNotFoundException(id);
    }
}
