namespace Jobs.Core;

/// <summary>What one process knows of workers.</summary>
internal sealed record NodeWorkers
{
    /// <summary>Its own worker; null if it runs no jobs.</summary>
    internal WorkerInfo? Own { get; init; }

    /// <summary>The tasks that its worker also runs for partitions in other processes, by each of their names.</summary>
    internal IReadOnlyCollection<string> TasksForOthers { get; init; } = [];

    /// <summary>Queues that its worker serves not at all; null if it serves none but those that are listed.</summary>
    internal IReadOnlyCollection<QueueName>? Resting { get; init; }

    /// <summary>The workers outside that report to its partitions; once for each partition.</summary>
    internal IReadOnlyList<WorkerInfo> Outside { get; init; } = [];

    /// <summary>What is due in its partitions that neither its own worker nor one that reports there handles; once for each partition.</summary>
    internal IReadOnlyList<UnhandledTask> Waiting { get; init; } = [];

    /// <summary>Whether its own worker would run a job that is in another process.</summary>
    internal bool HandlesElsewhere(QueueName queue, string task) =>
        Own is { IsDraining: false } && TasksForOthers.Contains(task)
        && (Own.Queues.Any(served => served.Queue == queue && served.Concurrency > 0) || Resting?.Contains(queue) == false);
}
