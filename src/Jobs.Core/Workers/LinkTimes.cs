namespace Jobs.Core;

/// <summary>How often and how long links try. All of it is the system's time, because it is about processes and not about jobs.</summary>
internal sealed record LinkTimes
{
    internal static LinkTimes Default { get; } = new();

    /// <summary>How long a link is silent at most.</summary>
    internal TimeSpan Beat { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often it is looked whether handlers have written something.</summary>
    internal TimeSpan NewsBeat { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long an answer is waited for.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long to wait after a report that failed.</summary>
    internal TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a link is kept that nothing comes over; null for as long as the worker lives.</summary>
    internal TimeSpan? KeepIdle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After how long without an answer the worker gives up what it runs, because the owner does so too; null for never.</summary>
    internal TimeSpan? Heartbeat { get; init; }
}
