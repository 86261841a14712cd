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
                removed += Remove(Beyond(limit.MaxRecords, request.LastBeyond(queue, state, limit), kept).Take(request.MaxRecords - removed - emptied));
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

    internal HistoryPlace? FindSizeCut(QueueName queue, JobState state, long maxBytes)
    {
        var oldestFirst = OldestFirst(All.Where(j => j.State == state && j.Terms.Queue == queue));
        var bytes = oldestFirst.Sum(BytesOf);
        if (bytes <= maxBytes) return null;
        var going = 0;
        while (bytes > HistoryLimit.BytesLeft(maxBytes)) bytes -= BytesOf(oldestFirst[going++]);
        return PlaceOf(oldestFirst[going - 1]);
    }

    private static bool IsOver(JobRecord job, DateTimeOffset now) =>
        job.State is not JobState.Dead && now - job.FinishedAt >= job.Terms.Retention.KeepFor;

    /// <summary>The records that are too many, too old or too large, the oldest first.</summary>
    private static IEnumerable<JobRecord> Beyond(long? maxRecords, HistoryPlace? last, IEnumerable<JobRecord> records)
    {
        var oldestFirst = OldestFirst(records);
        var tooMany = maxRecords is { } max ? oldestFirst.Count - max : 0;
        return oldestFirst.Where((job, index) => index < tooMany || (last is { } place && PlaceOf(job).CompareTo(place) <= 0));
    }

    private static List<JobRecord> OldestFirst(IEnumerable<JobRecord> records) =>
        [.. records.OrderBy(j => j.FinishedAt).ThenBy(j => j.Sequence).ThenBy(j => j.Id.Partition)];

    private static HistoryPlace PlaceOf(JobRecord job) => new(job.FinishedAt!.Value, job.Sequence, job.Id.Partition);

    private static long BytesOf(JobRecord job) => HistoryLimit.RecordBytes + job.Payload.Length + (job.Result?.Length ?? 0);

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
