namespace Jobs.Core;

/// <summary>Which order a page is read in.</summary>
public enum PageKind
{
    /// <summary>Due jobs of one task, by the queue's poll strategy; of each group only the one that comes first.</summary>
    Ready,

    /// <summary>
    /// Jobs that are stored as scheduled or retrying, by due time; those whose time has come too, because the partition finds out by
    /// this order alone that it has.
    /// </summary>
    Due,

    /// <summary>Due jobs of one group, by sequence.</summary>
    Group,

    /// <summary>As <see cref="Ready"/>, of one limit key only.</summary>
    Limited,
}
