namespace Jobs;

/// <summary>A job that an action on many jobs could not change.</summary>
/// <param name="Job">The job; null if listing the jobs failed.</param>
/// <param name="Error">Why.</param>
public sealed record BulkFailure(JobId? Job, Exception Error);
