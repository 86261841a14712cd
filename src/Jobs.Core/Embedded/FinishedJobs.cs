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

    internal int Prune(DateTimeOffset now)
    {
        var before = _jobs.Count;
        foreach (var job in _jobs.Values.Where(j => j.State is not JobState.Dead && j.FinishedAt + j.Terms.Retention.KeepFor <= now).ToList())
            _jobs.Remove(job.Id);
        foreach (var queue in _oldestFirst.Values)
        {
            while (queue.TryPeek(out var oldest) && !IsKept(oldest)) queue.Dequeue();
        }

        return before - _jobs.Count;
    }

    // A job that was retried by hand and ended again has a newer record; the old place in the queue means nothing then.
    private void Drop(JobRecord job)
    {
        if (IsKept(job)) _jobs.Remove(job.Id);
    }

    private bool IsKept(JobRecord job) => _jobs.TryGetValue(job.Id, out var kept) && ReferenceEquals(kept, job);
}
