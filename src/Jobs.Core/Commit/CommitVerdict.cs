namespace Jobs.Core;

/// <summary>The fate of a unit: a closed set.</summary>
public abstract record CommitVerdict
{
    private CommitVerdict()
    {
    }

    /// <summary>Every change is committed.</summary>
    public sealed record Committed : CommitVerdict
    {
        /// <summary>The only instance.</summary>
        public static Committed Instance { get; } = new();
    }

    /// <summary>Committed, but for inserts whose unique key an unfinished job has; those changed nothing.</summary>
    /// <param name="Existing">For each insert that was left out: its id, and the id of the job that has the key.</param>
    public sealed record CommittedExcept(IReadOnlyDictionary<JobId, JobId> Existing) : CommitVerdict;

    /// <summary>Nothing is committed: a job with an id of the caller's own exists.</summary>
    /// <param name="Id">The id that is taken.</param>
    public sealed record IdTaken(JobId Id) : CommitVerdict;

    /// <summary>Nothing is committed: a job was to come back from its end, but another unfinished job has its unique key by now.</summary>
    /// <param name="Id">The job.</param>
    /// <param name="Holder">The job that has the key.</param>
    public sealed record KeyTaken(JobId Id, JobId Holder) : CommitVerdict;

    /// <summary>Nothing is committed: a job was changed by somebody since it was read.</summary>
    /// <param name="Id">The job.</param>
    public sealed record Conflict(JobId Id) : CommitVerdict;

    /// <summary>Nothing is committed: the partition has another owner by now, who must not be disturbed.</summary>
    /// <param name="Partition">The partition.</param>
    public sealed record Fenced(PartitionKey Partition) : CommitVerdict;

    /// <summary>Nothing is committed: the store failed.</summary>
    /// <param name="Error">How.</param>
    public sealed record Failed(Exception Error) : CommitVerdict;
}
