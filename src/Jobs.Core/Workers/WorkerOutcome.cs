namespace Jobs.Core;

/// <summary>How an attempt ended on a worker that is elsewhere.</summary>
/// <param name="Delivery">The delivery that the attempt belongs to.</param>
/// <param name="Happened">How it ended.</param>
/// <param name="StartedAt">When the attempt started.</param>
internal sealed record WorkerOutcome(JobDelivery Delivery, JobEvent Happened, DateTimeOffset StartedAt = default);
