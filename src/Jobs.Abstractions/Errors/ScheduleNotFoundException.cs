namespace Jobs;

/// <summary>No schedule has this id.</summary>
public sealed class ScheduleNotFoundException(ScheduleId id)
    : JobsException($"There is no schedule '{id}'. Check the id, or list what there is with Schedules.ListAsync.")
{
    /// <summary>The id that was asked for.</summary>
    public ScheduleId Id { get; } = id;
}
