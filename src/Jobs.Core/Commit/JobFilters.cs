namespace Jobs.Core;

/// <summary>What a filter means, the same for every store that filters in memory.</summary>
public static class JobFilters
{
    /// <summary>The state to show: a waiting job whose time has come is pending, although nobody wrote that down.</summary>
    public static JobState StateAt(JobRecord job, DateTimeOffset asOf)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.State is JobState.Scheduled or JobState.Retrying && job.RunAt <= asOf ? JobState.Pending : job.State;
    }

    /// <summary>Whether a job meets every condition of a filter.</summary>
    public static bool Matches(JobFilter filter, JobRecord job, DateTimeOffset asOf)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(job);
        return (filter.Queue is not { } queue || queue == job.Terms.Queue)
            && (filter.Task is not { } task || task == job.Terms.Task)
            && (filter.States is not { Count: > 0 } states || states.Contains(StateAt(job, asOf)))
            && (filter.Tag is not { } tag || job.Terms.Tags.Contains(tag))
            && (filter.EnqueuedFrom is not { } from || job.EnqueuedAt >= from)
            && (filter.EnqueuedBefore is not { } before || job.EnqueuedAt < before);
    }

    /// <summary>Counts indexed by state, as callers get them.</summary>
    public static JobCounts ToCounts(IReadOnlyList<long> byState)
    {
        ArgumentNullException.ThrowIfNull(byState);
        return new JobCounts
        {
            Scheduled = byState[(int)JobState.Scheduled],
            Pending = byState[(int)JobState.Pending],
            Running = byState[(int)JobState.Running],
            Retrying = byState[(int)JobState.Retrying],
            Completed = byState[(int)JobState.Completed],
            Dead = byState[(int)JobState.Dead],
            Cancelled = byState[(int)JobState.Cancelled],
            Discarded = byState[(int)JobState.Discarded],
        };
    }
}
