namespace Jobs.Core;

/// <summary>A job handed to a worker.</summary>
/// <param name="Job">The job, as it is while it runs; its <see cref="JobRecord.Deliveries"/> is the number to report the outcome with.</param>
public readonly record struct Assignment(JobRecord Job);
