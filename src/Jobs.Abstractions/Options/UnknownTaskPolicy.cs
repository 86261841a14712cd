namespace Jobs;

/// <summary>What happens to a job whose task has no handler.</summary>
public enum UnknownTaskPolicy
{
    /// <summary>
    /// Enqueueing it is refused with <see cref="TaskNotRegisteredException"/>; a job that is stored already waits. The default in one process.
    /// </summary>
    Reject,

    /// <summary>It is accepted and waits, without using up attempts, until some worker has a handler. The default in a cluster.</summary>
    Hold,

    /// <summary>It is accepted, and discarded when its turn comes.</summary>
    Discard,

    /// <summary>It is accepted, and dead when its turn comes.</summary>
    DeadLetter,

    /// <summary>It is accepted, and fails an attempt each time its turn comes.</summary>
    Retry,
}
