namespace Jobs.Core;

/// <summary>What a partition answers to a planned change.</summary>
public enum PlanVerdict
{
    /// <summary>The change is staged; commit it, then confirm or abort it.</summary>
    Staged,

    /// <summary>Another change of the job is on its way; plan again when that one is settled.</summary>
    Busy,

    /// <summary>The job is not in the window, or was changed since it was looked up; look in the store.</summary>
    NotHere,

    /// <summary>The job cannot do this in its state.</summary>
    Refused,

    /// <summary>An outcome of a delivery that is not the latest one any more (rule I4).</summary>
    Stale,
}
