namespace Jobs;

/// <summary>Among which jobs an id of the caller's own is one job's only.</summary>
public enum JobIdScope
{
    /// <summary>Among all of which there is a record, finished ones too: a second job with the id is refused until the first one's record is removed.</summary>
    IncludingHistory = 0,

    /// <summary>
    /// Among unfinished jobs: when the job that had the id is completed, dead, cancelled or discarded, a new one may have it. The new job's record
    /// replaces the old one's, in one commit, and its deliveries are counted on from those of the old one.
    /// </summary>
    Live = 1,
}
