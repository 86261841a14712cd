namespace Jobs.Core;

/// <summary>A legal change of a job: from what it was to what it becomes.</summary>
/// <param name="Before">The job before; null if it is new.</param>
/// <param name="After">The job after; null if it is removed.</param>
public sealed record JobTransition(JobRecord? Before, JobRecord? After)
{
    /// <summary>The job, whichever side there is.</summary>
    public JobRecord Job => After ?? Before ?? throw new InvalidOperationException("A transition has a side.");

    /// <summary>True if a new job comes to be by this change, in place of an ended one too.</summary>
    internal bool IsNewJob => After is { } after && (Before is not { } before || before.Sequence != after.Sequence);

    /// <summary>True if the job becomes final by this change, by being removed too.</summary>
    public bool Ends => (Before is null || !Before.State.IsFinal()) && (After is null || After.State.IsFinal());
}
