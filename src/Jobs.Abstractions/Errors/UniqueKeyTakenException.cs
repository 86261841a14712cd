namespace Jobs;

/// <summary>A finished job cannot come back, because another unfinished job has its unique key by now.</summary>
public sealed class UniqueKeyTakenException(JobId id, string key, JobId holder)
    : JobsException($"The job {id} cannot be retried: the unfinished job {holder} has its unique key '{key}'. Wait for that one, or cancel it first.")
{
    /// <summary>The job.</summary>
    public JobId Id { get; } = id;

    /// <summary>The unique key.</summary>
    public string Key { get; } = key;

    /// <summary>The job that has the key.</summary>
    public JobId Holder { get; } = holder;
}
