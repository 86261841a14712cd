using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>A page of a list of jobs.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.JobQuery")]
public sealed record JobQueryMessage
{
    /// <summary>Jobs of this queue.</summary>
    [Id(0)]
    public QueueName? Queue { get; init; }

    /// <summary>Jobs of this task.</summary>
    [Id(1)]
    public string? Task { get; init; }

    /// <summary>Jobs in one of these states; null or empty means any.</summary>
    [Id(2)]
    public JobState[]? States { get; init; }

    /// <summary>Jobs with this tag.</summary>
    [Id(3)]
    public string? Tag { get; init; }

    /// <summary>Jobs enqueued at or after this time.</summary>
    [Id(4)]
    public DateTimeOffset? EnqueuedFrom { get; init; }

    /// <summary>Jobs enqueued before this time.</summary>
    [Id(5)]
    public DateTimeOffset? EnqueuedBefore { get; init; }

    /// <summary>How many jobs the page holds at most.</summary>
    [Id(6)]
    public required int PageJobs { get; init; }

    /// <summary>The last id of the page before.</summary>
    [Id(7)]
    public JobId? After { get; init; }

    /// <summary>Whether the newest come first.</summary>
    [Id(8)]
    public required bool NewestFirst { get; init; }

    /// <summary>Writes a query down.</summary>
    public static JobQueryMessage From(JobQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new JobQueryMessage
        {
            Queue = query.Queue,
            Task = query.Task,
            States = query.States?.ToArray(),
            Tag = query.Tag,
            EnqueuedFrom = query.EnqueuedFrom,
            EnqueuedBefore = query.EnqueuedBefore,
            PageJobs = query.PageJobs,
            After = query.After,
            NewestFirst = query.NewestFirst,
        };
    }

    /// <summary>The query.</summary>
    public JobQuery ToQuery() => new()
    {
        Queue = Queue,
        Task = Task,
        States = States,
        Tag = Tag,
        EnqueuedFrom = EnqueuedFrom,
        EnqueuedBefore = EnqueuedBefore,
        PageJobs = PageJobs,
        After = After,
        NewestFirst = NewestFirst,
    };
}
