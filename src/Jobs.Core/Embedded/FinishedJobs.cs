namespace Jobs.Core;

/// <summary>The records of finished jobs in memory, bounded by their retention and by number for each queue; dead ones only by number.</summary>
internal sealed class FinishedJobs(InMemoryStoreOptions options)
{
    private readonly Dictionary<JobId, Kept> _jobs = [];
    private readonly Dictionary<(QueueName Queue, bool IsDead), Queue<Kept>> _oldestFirst = [];

    internal IEnumerable<JobRecord> All => _jobs.Values.Select(kept => kept.Job);

    internal JobRecord? Find(JobId id) => _jobs.GetValueOrDefault(id)?.Job;

    internal void Add(JobRecord job)
    {
        var retention = job.Terms.Retention;
        if (job.State is not JobState.Dead && retention.KeepFor == TimeSpan.Zero) return;
        if (!retention.KeepPayload && job.State is JobState.Completed) job = job with { Payload = default };
        var kept = new Kept(job);
        _jobs[job.Id] = kept;
        var isDead = job.State is JobState.Dead;
        var max = isDead ? options.MaxDeadJobs : options.MaxFinishedJobs;
        if (!_oldestFirst.TryGetValue((job.Terms.Queue, isDead), out var queue)) _oldestFirst.Add((job.Terms.Queue, isDead), queue = new());
        queue.Enqueue(kept);
        while (queue.Count > max) Drop(queue.Dequeue());
    }

    internal void Remove(JobId id) => _jobs.Remove(id);

    internal int Prune(PruneRequest request)
    {
        var removed = Remove(All.Where(j => IsOver(j, request.Now)).Take(request.MaxRecords));
        var emptied = 0;
        foreach (var (queue, limits) in request.Limits)
        {
            foreach (var (state, limit) in limits.Set)
            {
                var kept = All.Where(j => j.State == state && j.Terms.Queue == queue);
                removed += Remove(Beyond(limit, kept, request.Now).Take(request.MaxRecords - removed - emptied));
                emptied += Empty(limit, kept, request.Now, request.MaxRecords - removed - emptied);
            }
        }

        if (removed == 0) return emptied;
        foreach (var queue in _oldestFirst.Values)
        {
            while (queue.TryPeek(out var oldest) && !IsKept(oldest)) queue.Dequeue();
        }

        return removed + emptied;
    }

    private static bool IsOver(JobRecord job, DateTimeOffset now) =>
        job.State is not JobState.Dead && now - job.FinishedAt >= job.Terms.Retention.KeepFor;

    /// <summary>The records that are too old or too many, the oldest first.</summary>
    private static IEnumerable<JobRecord> Beyond(HistoryLimit limit, IEnumerable<JobRecord> records, DateTimeOffset now)
    {
        var oldestFirst = OldestFirst(records);
        var tooMany = limit.MaxRecords is { } max ? oldestFirst.Count - max : 0;
        return oldestFirst.Where((job, index) => index < tooMany || (limit.MaxAge is { } age && now - job.FinishedAt >= age));
    }

    private static List<JobRecord> OldestFirst(IEnumerable<JobRecord> records) =>
        [.. records.OrderBy(j => j.FinishedAt).ThenBy(j => j.Sequence).ThenBy(j => j.Id.Partition)];

    /// <summary>Empties payloads that are too old, those that ended first before others.</summary>
    private int Empty(HistoryLimit limit, IEnumerable<JobRecord> records, DateTimeOffset now, int most)
    {
        if (limit.MaxPayloadAge is not { } age) return 0;
        var tooOld = OldestFirst(records.Where(j => j.Notes?.PayloadPrunedAt is null && now - j.FinishedAt >= age)).Take(most).ToList();
        foreach (var job in tooOld) _jobs[job.Id].Job = job.WithoutPayload(now);
        return tooOld.Count;
    }

    private int Remove(IEnumerable<JobRecord> records)
    {
        var removed = 0;
        foreach (var job in records.ToList()) removed += _jobs.Remove(job.Id) ? 1 : 0;
        return removed;
    }

    // A job that was retried by hand and ended again has a newer record; the old place in the queue means nothing then.
    private void Drop(Kept place)
    {
        if (IsKept(place)) _jobs.Remove(place.Job.Id);
    }

    private bool IsKept(Kept place) => _jobs.TryGetValue(place.Job.Id, out var kept) && ReferenceEquals(kept, place);

    /// <summary>A record, which may lose its payload while it keeps its place.</summary>
    private sealed class Kept(JobRecord job)
    {
        internal JobRecord Job { get; set; } = job;
    }
}
