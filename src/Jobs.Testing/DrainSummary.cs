namespace Jobs.Testing;

/// <summary>What a drain did: how many attempts it ran, and how they ended.</summary>
public sealed record DrainSummary
{
    /// <summary>Attempts that ran; the sum of those below.</summary>
    public int Runs { get; init; }

    /// <summary>Attempts that completed their job.</summary>
    public int Completed { get; init; }

    /// <summary>Attempts that failed and were to be tried again.</summary>
    public int Retried { get; init; }

    /// <summary>Attempts whose handler asked to run again later, without using an attempt.</summary>
    public int Rescheduled { get; init; }

    /// <summary>Attempts after which the job was dead.</summary>
    public int Dead { get; init; }

    /// <summary>Attempts after which the job was given up, or deleted.</summary>
    public int Discarded { get; init; }

    /// <summary>Attempts during which the job was cancelled.</summary>
    public int Cancelled { get; init; }

    /// <summary>Jobs that were unfinished at the end: not yet due, without a handler, or running elsewhere.</summary>
    public int Left { get; init; }

    internal DrainSummary With(JobState? ended) => ended switch
    {
        JobState.Completed => this with { Runs = Runs + 1, Completed = Completed + 1 },
        JobState.Retrying => this with { Runs = Runs + 1, Retried = Retried + 1 },
        JobState.Dead => this with { Runs = Runs + 1, Dead = Dead + 1 },
        JobState.Discarded or null => this with { Runs = Runs + 1, Discarded = Discarded + 1 },
        JobState.Cancelled => this with { Runs = Runs + 1, Cancelled = Cancelled + 1 },
        _ => this with { Runs = Runs + 1, Rescheduled = Rescheduled + 1 },
    };
}
