namespace Jobs;

/// <summary>A queue as a worker serves it.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Concurrency">How many of its jobs the worker runs at a time; null if the worker does not tell.</param>
/// <param name="RunningJobs">How many it runs now. Of a worker outside of the silos, what it was given and has not reported as ended.</param>
public sealed record WorkerQueue(QueueName Queue, int? Concurrency, int RunningJobs);
