namespace Jobs;

/// <summary>A page of a list of jobs, sorted by id and so by the time of enqueueing.</summary>
public sealed record JobQuery : JobFilter
{
    /// <summary>The largest page: 1,000 jobs.</summary>
    public const int MaxPageJobs = 1000;

    /// <summary>How many jobs the page holds at most; default 100, from 1 to <see cref="MaxPageJobs"/>.</summary>
    public int PageJobs { get; init; } = 100;

    /// <summary>The last id of the page before; null for the first page.</summary>
    public JobId? After { get; init; }

    /// <summary>Whether the newest come first; default true.</summary>
    public bool NewestFirst { get; init; } = true;

    /// <summary>The page that comes after a job when all that a filter matches are gone through, from the oldest on.</summary>
    internal static JobQuery PageOf(JobFilter filter, JobId? after) => new()
    {
        Queue = filter.Queue,
        Task = filter.Task,
        States = filter.States,
        Tag = filter.Tag,
        EnqueuedFrom = filter.EnqueuedFrom,
        EnqueuedBefore = filter.EnqueuedBefore,
        PageJobs = MaxPageJobs,
        NewestFirst = false,
        After = after,
    };
}
