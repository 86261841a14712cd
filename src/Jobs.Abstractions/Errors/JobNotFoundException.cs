namespace Jobs;

/// <summary>No job has this id, or its record has been removed.</summary>
public sealed class JobNotFoundException(JobId id)
    : JobsException($"There is no job {id}. It may have been deleted, or finished longer ago than its retention keeps it. "
        + "Check the id, or keep records longer with JobOptions.Retention.")
{
    /// <summary>The id that was asked for.</summary>
    public JobId Id { get; } = id;
}
