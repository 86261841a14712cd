namespace Jobs;

/// <summary>Which schedules to list; they come sorted by id, a page at a time.</summary>
public sealed record ScheduleQuery
{
    /// <summary>The largest page, in schedules.</summary>
    public const int MaxPageSchedules = 1000;

    /// <summary>The most upcoming times of each schedule.</summary>
    public const int MaxUpcomingTimes = 100;

    /// <summary>Schedules on one page; default 100, at most <see cref="MaxPageSchedules"/>.</summary>
    public int PageSchedules { get; init; } = 100;

    /// <summary>The id that the page before ended with; null for the first page.</summary>
    public ScheduleId? After { get; init; }

    /// <summary>How many upcoming times to work out for each schedule; default 1, at most <see cref="MaxUpcomingTimes"/>.</summary>
    public int UpcomingTimes { get; init; } = 1;
}
