using Jobs.Core;

namespace Jobs.Grains.Node;

/// <content>What it tells of its worker, of those outside that report to its partitions, and of what waits there for one.</content>
internal sealed partial class SiloNode
{
    private readonly DateTimeOffset _startedAt;

    /// <summary>What this silo knows of workers, and if wanted what is due in its partitions that no worker it knows handles.</summary>
    internal async Task<NodeWorkers> LookAtWorkersAsync(bool withWaiting)
    {
        var hosted = _hosted.Values.ToList();
        var served = ((IReconfigurable)this).ServedQueues;
        var serving = served.Where(queue => queue.Concurrency > 0 || queue.RunningJobs > 0);
        var own = new WorkerInfo
        {
            Id = Links.Id,
            Name = Settings.WorkerName,
            Place = WorkerPlace.Silo,
            CodeVersion = Settings.CodeVersion,
            Tasks = [.. Settings.Registry.Known.Keys.Order(StringComparer.Ordinal)],
            Queues = [.. serving.Select(queue => new WorkerQueue(queue.Name, queue.Concurrency, queue.RunningJobs))],
            StartedAt = _startedAt,
            LastSeenAt = Clock.GetUtcNow(),
            IsDraining = _isDraining,
        };
        var outside = hosted.Where(partition => partition.Runner.HasWorkersOfUnknownLife).Select(LookAtOutside).ToList();
        var waiting = withWaiting ? hosted.ConvertAll(LookAtWaiting) : [];
        return new NodeWorkers
        {
            Own = Settings.RunsJobs ? own : null,
            TasksForOthers = Settings.RunsForOthers ? [.. Settings.Registry.Known.Where(task => !task.Value.IsTransactional).Select(task => task.Key)] : [],
            Resting = _servesNamedOnly ? null : [.. served.Where(queue => queue.Concurrency == 0).Select(queue => queue.Name)],
            Outside = [.. (await Task.WhenAll(outside).ConfigureAwait(false)).SelectMany(workers => workers)],
            Waiting = [.. (await Task.WhenAll(waiting).ConfigureAwait(false)).SelectMany(tasks => tasks)],
        };
    }

    private static Task<IReadOnlyList<WorkerInfo>> LookAtOutside(HostedPartition hosted)
    {
        var look = new WorkerMail.LookAtWorkers();
        hosted.Runner.Post(look);
        return look.Answer;
    }

    private Task<IReadOnlyList<UnhandledTask>> LookAtWaiting(HostedPartition hosted)
    {
        var look = new WorkerMail.LookAtWaiting(task => !_isDraining && hosted.Queue.Worker?.Supports(task) == true);
        hosted.Runner.Post(look);
        return look.Answer;
    }
}
