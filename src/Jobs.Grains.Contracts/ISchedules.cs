using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>
/// The schedules of one shard, key <c>0</c> to <c>15</c>: it changes them and fires their occurrences. Clients call it through
/// <see cref="IJobClient.Schedules"/>.
/// </summary>
[Alias("jobs.ISchedules")]
public interface ISchedules : IGrainWithIntegerKey
{
    /// <summary>Makes sure that somebody looks after the schedules.</summary>
    [Alias("Wake")]
    Task WakeAsync();

    /// <summary>Takes note of a schedule that a silo has written itself.</summary>
    [Alias("Notice")]
    Task NoticeAsync(ScheduleId id);

    /// <summary>See <see cref="IScheduleClient.AddAsync"/>.</summary>
    /// <param name="definition">The schedule.</param>
    /// <param name="isRepeated">True if it is not known what became of an earlier call: what is there as it is wanted is taken as done.</param>
    [Alias("Add")]
    Task<ScheduleSnapshot> AddAsync(ScheduleDefinition definition, bool isRepeated);

    /// <summary>See <see cref="IScheduleClient.UpsertAsync"/>.</summary>
    [Alias("Upsert")]
    Task<ScheduleSnapshot> UpsertAsync(ScheduleDefinition definition);

    /// <summary>See <see cref="IScheduleClient.ChangeAsync"/>.</summary>
    /// <param name="definition">The schedule.</param>
    /// <param name="version">The version that it must have; null for any.</param>
    /// <param name="isRepeated">True if it is not known what became of an earlier call: what is there as it is wanted is taken as done.</param>
    [Alias("Change")]
    Task<ScheduleSnapshot> ChangeAsync(ScheduleDefinition definition, long? version, bool isRepeated);

    /// <summary>See <see cref="IScheduleClient.PauseAsync"/>.</summary>
    [Alias("Pause")]
    Task<ScheduleSnapshot> PauseAsync(ScheduleId id);

    /// <summary>See <see cref="IScheduleClient.ResumeAsync"/>.</summary>
    [Alias("Resume")]
    Task<ScheduleSnapshot> ResumeAsync(ScheduleId id);

    /// <summary>Removes a schedule; its jobs stay.</summary>
    /// <param name="id">The schedule.</param>
    /// <param name="isRepeated">True if it is not known what became of an earlier call: one that is gone is taken as done.</param>
    [Alias("Remove")]
    Task RemoveAsync(ScheduleId id, bool isRepeated);

    /// <summary>Looks at all schedules of the shard now; true if every occurrence that is due has its job, and this is written.</summary>
    [Alias("Settle")]
    Task<bool> SettleAsync();
}
