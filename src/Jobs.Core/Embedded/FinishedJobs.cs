namespace Jobs.Core;

/// <summary>The records of finished jobs in memory, bounded by their retention and by number for each queue; dead ones only by number.</summary>
internal sealed class FinishedJobs(InMemoryStoreOptions options)
{
    private readonly Dictionary<JobId, JobRecord> _jobs = [];
    private readonly Dictionary<(QueueName Queue, bool IsDead), Queue<JobRecord>> _oldestFirst = [];

    internal IEnumerable<JobRecord> All => _jobs.Values;

    internal JobRecord? Find(JobId id) => _jobs.GetValueOrDefault(id);

    internal void Add(JobRecord job)
    {
        var retention = job.Terms.Retention;
        if (job.State is not JobState.Dead && retention.KeepFor == TimeSpan.Zero) return;
        if (!retention.KeepPayload && job.State is JobState.Completed) job = job with { Payload = default };
        _jobs[job.Id] = job;
        var isDead = job.State is JobState.Dead;
        var max = isDead ? options.MaxDeadJobs : options.MaxFinishedJobs;
        if (!_oldestFirst.TryGetValue((job.Terms.Queue, isDead), out var queue)) _oldestFirst.Add((job.Terms.Queue, isDead), queue = new());
        queue.Enqueue(job);
        while (queue.Count > max) Drop(queue.Dequeue());
    }

    internal void Remove(JobId id) => _jobs.Remove(id);

    internal int Prune(PruneRequest request)
    {
        var removed = Remove(_jobs.Values.Where(j => IsOver(j, request.Now)).Take(request.MaxRecords));
        foreach (var (queue, limits) in request.Limits)
        {
            foreach (var (state, limit) in limits.Set)
            {
                var kept = _jobs.Values.Where(j => j.State == state && j.Terms.Queue == queue);
                removed += Remove(Beyond(limit, kept, request.Now).Take(request.MaxRecords - removed));
            }
        }

        if (removed == 0) return 0;
        foreach (var queue in _oldestFirst.Values)
        {
            while (queue.TryPeek(out var oldest) && !IsKept(oldest)) queue.Dequeue();
        }

        return removed;
    }

    private static bool IsOver(JobRecord job, DateTimeOffset now) =>
        job.State is not JobState.Dead && now - job.FinishedAt >= job.Terms.Retention.KeepFor;

    /// <summary>The records that are too old or too many, the oldest first.</summary>
    private static IEnumerable<JobRecord> Beyond(HistoryLimit limit, IEnumerable<JobRecord> records, DateTimeOffset now)
    {
        var oldestFirst = records.OrderBy(j => j.FinishedAt).ThenBy(j => j.Sequence).ThenBy(j => j.Id.Partition).ToList();
        var tooMany = limit.MaxRecords is { } max ? oldestFirst.Count - max : 0;
        return oldestFirst.Where((job, index) => index < tooMany || (limit.MaxAge is { } age && now - job.FinishedAt >= age));
    }

    private int Remove(IEnumerable<JobRecord> records)
    {
        var removed = 0;
        foreach (var job in records.ToList()) removed += _jobs.Remove(job.Id) ? 1 : 0;
        return removed;
    }

    // A job that was retried by hand and ended again has a newer record; the old place in the queue means nothing then.
    private void Drop(JobRecord job)
    {
        if (IsKept(job)) _jobs.Remove(job.Id);
    }

    private bool IsKept(JobRecord job) => _jobs.TryGetValue(job.Id, out var kept) && ReferenceEquals(kept, job);
}
