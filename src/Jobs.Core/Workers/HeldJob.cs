namespace Jobs.Core;

/// <summary>A job that a worker has, as it tells whoever opens the job's partition next (rule I6).</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="StartedAt">When the attempt started.</param>
internal sealed record HeldJob(JobDelivery Delivery, DateTimeOffset StartedAt);
