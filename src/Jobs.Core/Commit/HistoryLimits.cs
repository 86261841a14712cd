namespace Jobs.Core;

/// <summary>
/// How much is kept of a queue's finished jobs, for each way to end. Limits come on top of each job's own <see cref="RetentionPolicy"/>:
/// a record, or its payload, goes when either says so. Default: no limits, so dead jobs are kept until they are deleted.
/// </summary>
public sealed record HistoryLimits
{
    /// <summary>No limits.</summary>
    public static HistoryLimits None { get; } = new();

    /// <summary>For completed jobs; default null, no limit.</summary>
    public HistoryLimit? Completed { get; init; }

    /// <summary>For dead jobs; default null, no limit.</summary>
    public HistoryLimit? Dead { get; init; }

    /// <summary>For cancelled jobs; default null, no limit.</summary>
    public HistoryLimit? Cancelled { get; init; }

    /// <summary>For discarded jobs; default null, no limit.</summary>
    public HistoryLimit? Discarded { get; init; }

    /// <summary>The limits that are set, by the state that they are for.</summary>
    public IEnumerable<(JobState State, HistoryLimit Limit)> Set
    {
        get
        {
            if (Completed is { } completed) yield return (JobState.Completed, completed);
            if (Dead is { } dead) yield return (JobState.Dead, dead);
            if (Cancelled is { } cancelled) yield return (JobState.Cancelled, cancelled);
            if (Discarded is { } discarded) yield return (JobState.Discarded, discarded);
        }
    }
}
