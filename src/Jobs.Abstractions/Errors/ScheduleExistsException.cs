namespace Jobs;

/// <summary>A schedule has this id already.</summary>
public sealed class ScheduleExistsException(ScheduleId id)
    : JobsException($"There is a schedule '{id}' already. Use another id, or UpsertAsync to change the existing one.")
{
    /// <summary>The id that is taken.</summary>
    public ScheduleId Id { get; } = id;
}
