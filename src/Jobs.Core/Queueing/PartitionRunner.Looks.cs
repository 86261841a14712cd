namespace Jobs.Core;

/// <content>Tells which workers outside report to the partition, and what waits that nobody handles. Nothing is read from the store for it.</content>
internal sealed partial class PartitionRunner
{
    private readonly List<WorkerMail.LookAtWaiting> _looks = [];

    /// <summary>The workers outside that have made themselves known. Those in silos are asked themselves.</summary>
    internal IReadOnlyList<WorkerInfo> WorkersOutside(DateTimeOffset now) =>
    [
        .. _workers.Values.Where(IsOutside).Select(worker => new WorkerInfo
        {
            Id = worker.Id,
            Name = worker.Offer.Name,
            Place = WorkerPlace.Outside,
            CodeVersion = worker.Offer.CodeVersion,
            Tasks = [.. worker.Offer.Tasks.Order(StringComparer.Ordinal)],
            Queues = [new WorkerQueue(Key.Queue, worker.Offer.Concurrency, worker.HeldJobs)],
            StartedAt = worker.Offer.StartedAt,

            // The elapsed time is the system's, because it is about processes.
            LastSeenAt = now - TimeProvider.System.GetElapsedTime(worker.HeardAt),
            IsDraining = worker.IsDraining,
        }),
    ];

    internal void ApplyLookAtWaiting(WorkerMail.LookAtWaiting look) => _looks.Add(look);

    private static bool IsOutside(RemoteWorker worker) => worker is { IsKnown: true, Offer.Heartbeat: not null };

    /// <summary>Answers at the end of the turn, when what is due is ready; or when the page is there that may bring something.</summary>
    private void AnswerLooks(bool evenWhileReading = false)
    {
        for (var i = _looks.Count - 1; i >= 0; i--)
        {
            var look = _looks[i];
            if (!evenWhileReading && _partition.IsReadingAny(IsUnhandled)) continue;
            look.Succeed(_partition.WaitingOf(IsUnhandled));
            _looks.RemoveAt(i);

            bool IsUnhandled(string task) => !look.Handles(task) && !_workers.Values.Any(w => IsOutside(w) && !w.IsDraining && w.Tasks.Contains(task));
        }
    }

    private void RefuseLooks()
    {
        foreach (var look in _looks) look.Refuse(this);
        _looks.Clear();
    }
}
