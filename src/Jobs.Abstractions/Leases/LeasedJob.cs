namespace Jobs;

/// <summary>A job as it was handed to whoever took it.</summary>
/// <param name="Job">The job, which is running now; its payload as it is stored.</param>
/// <param name="Until">When the lease ends.</param>
public sealed record LeasedJob(JobSnapshot Job, DateTimeOffset Until)
{
    /// <summary>What answers the lease.</summary>
    public LeaseToken Token => new(Job.Id, Job.Deliveries);
}
