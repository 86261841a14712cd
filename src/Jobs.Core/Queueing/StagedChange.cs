namespace Jobs.Core;

/// <summary>A decided change of a job on its way to the store; the partition applies it when it is committed, or takes it back.</summary>
public sealed class StagedChange
{
    internal StagedChange(JobEntry entry, JobTransition transition, JobEvent happened, bool handlerGoesOn)
    {
        Entry = entry;
        Transition = transition;
        Happened = happened;
        HandlerGoesOn = handlerGoesOn;
    }

    /// <summary>The change.</summary>
    public JobTransition Transition { get; }

    /// <summary>What brought it about.</summary>
    public JobEvent Happened { get; }

    internal JobEntry Entry { get; }

    /// <summary>True if the job ends while its handler still runs.</summary>
    internal bool HandlerGoesOn { get; }

    /// <summary>True if the job was not in the window: if the change fails, the store still has it.</summary>
    internal bool IsFromStore { get; init; }

    /// <summary>How many pages of lanes had been taken in when it was staged.</summary>
    internal long LanePages { get; init; }

    /// <summary>The job as a page brought it meanwhile, which will not be read again.</summary>
    internal JobRecord? Paged { get; set; }

    /// <summary>What holds of the attempt if this change is not committed, and so what its handler wrote is not either; null if that is the same.</summary>
    internal JobEvent? UnlessCommitted { get; set; }

    /// <summary>What waits until this change is settled.</summary>
    internal List<Action>? Behind { get; set; }
}
