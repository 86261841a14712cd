namespace Jobs.Testing;

/// <summary>What a call asks of a store.</summary>
public enum StoreCallKind
{
    /// <summary>Commits units.</summary>
    Commit,

    /// <summary>Reads pages, jobs, lists or counts.</summary>
    Read,

    /// <summary>Anything else: owning partitions, pruning.</summary>
    Other,
}
