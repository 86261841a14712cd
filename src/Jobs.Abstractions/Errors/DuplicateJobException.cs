namespace Jobs;

/// <summary>A job with this id of the caller's own exists already.</summary>
public sealed class DuplicateJobException(JobId id)
    : JobsException($"A job {id} exists already. Use another id, or look at the existing job with FindAsync.")
{
    /// <summary>The id that is taken.</summary>
    public JobId Id { get; } = id;
}
