namespace Jobs.Core;

/// <summary>How the ownership before a new one ended, which says what may still be running.</summary>
public enum OwnerBefore
{
    /// <summary>There was none, or it ended in order: nothing runs but what the store says.</summary>
    Released,

    /// <summary>It is the claimant's own: what its workers run goes on (rule I6).</summary>
    Same,

    /// <summary>It was lost with its process or fenced off: jobs may have been running that the store does not know of (rule I7).</summary>
    Lost,
}
