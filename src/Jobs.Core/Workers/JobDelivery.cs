namespace Jobs.Core;

/// <summary>One delivery of a job to a worker.</summary>
/// <param name="Job">The job.</param>
/// <param name="Number">Which of its deliveries.</param>
internal readonly record struct JobDelivery(JobId Job, int Number);
