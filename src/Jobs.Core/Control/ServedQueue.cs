namespace Jobs.Core;

/// <summary>A queue as this process serves it.</summary>
/// <param name="Name">The queue.</param>
/// <param name="Concurrency">How many of its jobs may run at a time; 0 if this process runs none.</param>
/// <param name="RunningJobs">How many run now.</param>
public sealed record ServedQueue(QueueName Name, int Concurrency, int RunningJobs);
