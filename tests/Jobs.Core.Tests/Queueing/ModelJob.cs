namespace Jobs.Core.Tests.Queueing;

/// <summary>A job in the naive list: what the store has, what the partition should know, and since when it could have been handed out.</summary>
internal sealed class ModelJob(JobRecord inserted)
{
    internal const long Never = long.MaxValue;

    internal JobId Id { get; } = inserted.Id;

    internal string Task { get; } = inserted.Terms.Task;

    internal string? Group { get; } = inserted.Terms.GroupKey;

    internal long Sequence { get; } = inserted.Sequence;

    /// <summary>As it was committed last; null before the insert and after the removal.</summary>
    internal JobRecord? Stored { get; set; }

    /// <summary>As the partition has confirmed it, with the hand-outs that the store may not know of.</summary>
    internal JobRecord? Live { get; set; }

    internal bool IsStaged { get; set; }

    /// <summary>The partition was told of the insert.</summary>
    internal bool IsKnown { get; set; }

    /// <summary>It keeps its group's turn although it does not run: between two attempts, or back from a lost worker.</summary>
    internal bool HoldsTurn { get; set; }

    /// <summary>The step from which its group may have given it the turn.</summary>
    internal long EligibleFrom { get; set; } = Never;

    /// <summary>The step from which its group must not have given the turn to a later one.</summary>
    internal long EligibleSurely { get; set; } = Never;

    internal bool IsFinished => Live is { } job && job.State.IsFinal();

    internal bool IsDue(DateTimeOffset now) => Live is { State: JobState.Pending }
        || (Live is { State: JobState.Scheduled or JobState.Retrying } job && job.RunAt <= now);

    internal void Eligible(long step)
    {
        if (EligibleFrom == Never) EligibleFrom = step;
        EligibleSurely = step;
    }

    internal void NotEligible() => EligibleFrom = EligibleSurely = Never;
}
