namespace Jobs.Core;

/// <summary>Changes that are committed together or not at all, and whoever wants to hear of it.</summary>
public abstract class CommitUnit
{
    /// <summary>The changes, at least one.</summary>
    public abstract IReadOnlyList<JobChange> Changes { get; }

    /// <summary>
    /// True if the store failed on this unit before: then a store that refuses it as changed meanwhile may have met the unit's own changes.
    /// </summary>
    public virtual bool IsRepeated => false;

    /// <summary>
    /// True if nothing and nobody waits for this unit: it may wait for others to be committed with (<see cref="CommitLimits.GatherTime"/>).
    /// </summary>
    public virtual bool CanWait => false;

    /// <summary>Called once, when the fate of the unit is known. Must be quick and must not throw.</summary>
    public abstract void Settle(CommitVerdict verdict);
}
