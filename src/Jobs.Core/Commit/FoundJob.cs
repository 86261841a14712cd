namespace Jobs.Core;

/// <summary>What tells two stages of a job's life apart.</summary>
/// <param name="State">Its state.</param>
/// <param name="Deliveries">How often it was handed out.</param>
/// <param name="Failures">Attempts that failed.</param>
/// <param name="LostDeliveries">How often its worker was lost.</param>
/// <param name="Urgency">Its priority.</param>
/// <param name="RunAt">When it is due.</param>
public sealed record FoundJob(JobState State, int Deliveries, int Failures, int LostDeliveries, int Urgency, DateTimeOffset RunAt)
{
    /// <summary>The stage that a record is at.</summary>
    public static FoundJob Of(JobRecord job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return new FoundJob(job.State, job.Deliveries, job.Failures, job.LostDeliveries, job.Priority.Urgency, job.RunAt);
    }
}
