namespace Jobs.Core;

/// <summary>Something that happened to a job, or was asked of it; a closed set, and the only input of the state machine.</summary>
public abstract record JobEvent
{
    private JobEvent()
    {
    }

    /// <summary>Its time has come.</summary>
    public sealed record Due : JobEvent
    {
        /// <summary>The only instance.</summary>
        public static Due Instance { get; } = new();
    }

    /// <summary>It was handed to a worker.</summary>
    /// <param name="Worker">The worker's name.</param>
    /// <param name="CodeVersion">The version of the worker's code; null if it is not known.</param>
    public sealed record Started(string Worker, string? CodeVersion = null) : JobEvent
    {
        /// <summary>When its lease ends; null if the worker has it for as long as it lives.</summary>
        public DateTimeOffset? LeasedUntil { get; init; }

        /// <summary>For how long the worker may be silent before it counts as dead; null if somebody tells of its death.</summary>
        public TimeSpan? Heartbeat { get; init; }
    }

    /// <summary>Whoever has leased it wants another time.</summary>
    /// <param name="LeasedUntil">When the lease ends from now on.</param>
    public sealed record Extended(DateTimeOffset LeasedUntil) : JobEvent;

    /// <summary>An end of an attempt that its handler brought about.</summary>
    /// <param name="Notes">What the attempt wrote: log and progress; null for nothing.</param>
    public abstract record Ended(AttemptNotes? Notes) : JobEvent;

    /// <summary>The handler is done.</summary>
    /// <param name="Result">The result as it was encoded; null for none.</param>
    /// <param name="Notes">What the attempt wrote.</param>
    public sealed record Succeeded(ReadOnlyMemory<byte>? Result, AttemptNotes? Notes = null) : Ended(Notes)
    {
        /// <summary>Done, and nothing more to say: how most jobs end.</summary>
        public static Succeeded Plain { get; } = new((ReadOnlyMemory<byte>?)null);
    }

    /// <summary>The attempt failed.</summary>
    /// <param name="Error">Why.</param>
    /// <param name="RetryAt">When the next attempt would be due.</param>
    /// <param name="Retryable">False if no attempt may follow, whatever is left.</param>
    /// <param name="Notes">What the attempt wrote.</param>
    public sealed record Failed(JobError Error, DateTimeOffset RetryAt, bool Retryable, AttemptNotes? Notes = null) : Ended(Notes);

    /// <summary>The handler asked to run again later, without using an attempt.</summary>
    /// <param name="RunAt">When.</param>
    /// <param name="NewPayload">The payload that replaces the old one; null keeps it.</param>
    /// <param name="Notes">What the attempt wrote.</param>
    public sealed record Snoozed(DateTimeOffset RunAt, ReadOnlyMemory<byte>? NewPayload, AttemptNotes? Notes = null) : Ended(Notes);

    /// <summary>The handler gave the job up.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Notes">What the attempt wrote.</param>
    public sealed record Dropped(string Reason, AttemptNotes? Notes = null) : Ended(Notes);

    /// <summary>Its worker stopped and gave it back unfinished; no attempt is used.</summary>
    public sealed record GivenBack : JobEvent;

    /// <summary>Its worker died or fell silent, or its lease is over.</summary>
    public sealed record WorkerLost : JobEvent;

    /// <summary>A new job takes its id.</summary>
    /// <param name="By">The new job, as it would be if it were the first with the id.</param>
    public sealed record Replaced(JobRecord By) : JobEvent;

    /// <summary>Somebody asked something of it.</summary>
    /// <param name="Action">What.</param>
    public sealed record Asked(JobAction Action) : JobEvent;
}
