namespace Jobs.Core;

/// <summary>Puts together what the processes of a service know of workers. Pure.</summary>
internal static class WorkerRoll
{
    /// <summary>All workers, each once, sorted by name.</summary>
    internal static IReadOnlyList<WorkerInfo> Workers(IReadOnlyCollection<NodeWorkers> nodes) =>
    [
        .. nodes.Select(node => node.Own).OfType<WorkerInfo>().Concat(Outside(nodes))
            .OrderBy(worker => worker.Name, StringComparer.Ordinal).ThenBy(worker => worker.Id, StringComparer.Ordinal),
    ];

    /// <summary>What waits and nobody handles, each task of a queue once, the longest waiting first.</summary>
    internal static IReadOnlyList<UnhandledTask> Unhandled(IReadOnlyCollection<NodeWorkers> nodes)
    {
        var outside = Outside(nodes).Where(worker => !worker.IsDraining).ToList();
        return
        [
            .. nodes.SelectMany(node => node.Waiting).GroupBy(waiting => (waiting.Queue, waiting.Task))
                .Where(waiting => !IsHandled(waiting.Key.Queue, waiting.Key.Task)).Select(Sum)
                .OrderBy(waiting => waiting.WaitingSince).ThenBy(waiting => waiting.Queue.Value, StringComparer.Ordinal)
                .ThenBy(waiting => waiting.Task, StringComparer.Ordinal).Take(IWorkerClient.MaxUnhandledTasks),
        ];

        // A partition that was opened just now may not have heard of a worker that reports to the others of its queue.
        bool IsHandled(QueueName queue, string task) => nodes.Any(node => node.HandlesElsewhere(queue, task))
            || outside.Exists(worker => worker.Tasks.Contains(task) && worker.Queues.Any(served => served.Queue == queue));
    }

    /// <summary>A worker outside reports to each partition of its queues, and each knows only what the worker has of it.</summary>
    private static IEnumerable<WorkerInfo> Outside(IEnumerable<NodeWorkers> nodes) =>
        nodes.SelectMany(node => node.Outside).GroupBy(worker => worker.Id).Select(seen =>
        {
            var latest = seen.MaxBy(worker => worker.LastSeenAt)!;
            return latest with
            {
                Queues =
                [
                    .. seen.SelectMany(worker => worker.Queues).GroupBy(served => served.Queue)
                        .Select(served => served.First() with { RunningJobs = served.Sum(part => part.RunningJobs) })
                        .OrderBy(served => served.Queue.Value, StringComparer.Ordinal),
                ],
                IsDraining = seen.Any(worker => worker.IsDraining),
            };
        });

    private static UnhandledTask Sum(IEnumerable<UnhandledTask> waiting) => waiting.Aggregate((all, one) => all with
    {
        WaitingJobs = all.WaitingJobs + one.WaitingJobs,
        IsAtLeast = all.IsAtLeast || one.IsAtLeast,
        WaitingSince = all.WaitingSince < one.WaitingSince ? all.WaitingSince : one.WaitingSince,
    });
}
