namespace Jobs.Core;

/// <content>What it tells of its worker, and of what waits for one.</content>
public sealed partial class EmbeddedEngine
{
    private DateTimeOffset _startedAt;

    /// <summary>This process's worker, and if wanted what is due in the partitions it owns that the worker does not handle.</summary>
    internal async Task<NodeWorkers> LookAtWorkersAsync(bool withWaiting)
    {
        var isDraining = _state is not EngineState.Running;
        var own = _settings is { RunsJobs: false, RunsOnDemand: false } ? null : new WorkerInfo
        {
            Id = _owner,
            Name = _settings.WorkerName,
            Place = WorkerPlace.Embedded,
            CodeVersion = _settings.CodeVersion,
            Tasks = [.. _settings.Registry.Known.Keys.Order(StringComparer.Ordinal)],
            Queues =
            [
                .. Host.ServedQueues.Where(queue => queue.Concurrency > 0 || queue.RunningJobs > 0)
                    .Select(queue => new WorkerQueue(queue.Name, queue.Concurrency, queue.RunningJobs)),
            ],
            StartedAt = _startedAt,
            LastSeenAt = Clock.GetUtcNow(),
            IsDraining = isDraining,
        };
        if (!withWaiting) return new NodeWorkers { Own = own };
        var looks = new List<WorkerMail.LookAtWaiting>();
        foreach (var queue in Volatile.Read(ref _queues).Values)
        {
            foreach (var partition in queue.Partitions)
            {
                var look = new WorkerMail.LookAtWaiting(task => !isDraining && queue.Worker?.Supports(task) == true);
                partition.Post(look);
                looks.Add(look);
            }
        }

        var waiting = await Task.WhenAll(looks.Select(look => look.Answer)).ConfigureAwait(false);
        return new NodeWorkers { Own = own, Waiting = [.. waiting.SelectMany(tasks => tasks)] };
    }
}
