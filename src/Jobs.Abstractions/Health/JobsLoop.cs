namespace Jobs;

/// <summary>What a job service does again and again, and what can fail while the rest goes on.</summary>
public enum JobsLoop
{
    /// <summary>Reaching the store at the start.</summary>
    Start,

    /// <summary>Writing changes of all partitions to the store.</summary>
    Commit,

    /// <summary>Reading waiting jobs of a partition that are not in memory.</summary>
    Paging,

    /// <summary>Writing how jobs of a partition ended, which is tried again until it is done.</summary>
    Outcomes,

    /// <summary>Removing finished records whose retention is over.</summary>
    Prune,

    /// <summary>Serving a partition at all: it was lost to another owner or by a fault, until it is opened anew or known to be another's.</summary>
    Partition,

    /// <summary>Renewing this process's ownership of its partitions, and claiming those that are free.</summary>
    Ownership,

    /// <summary>Taking in jobs that were enqueued in transactions of callers.</summary>
    Inbox,
}
