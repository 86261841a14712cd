namespace Jobs.Core;

/// <summary>How a service looks after schedules.</summary>
public sealed record ScheduleOptions
{
    /// <summary>
    /// How often a service looks for schedules that others have added or changed; default 15 seconds. Each is read again before it fires,
    /// so this only says how late a new one may be noticed here.
    /// </summary>
    public TimeSpan RefreshTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether this process fires schedules; default true. A process that runs no jobs never does.</summary>
    public bool FiresSchedules { get; init; } = true;
}
