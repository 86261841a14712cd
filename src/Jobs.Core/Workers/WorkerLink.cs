namespace Jobs.Core;

/// <summary>
/// A worker's side of what it has with one partition that is not in its process: it writes the reports, and does what the answers say. It
/// decides and does no I/O; <see cref="WorkerLinks"/> sends the reports, one at a time. Safe for many threads.
/// </summary>
/// <param name="key">The partition.</param>
/// <param name="id">The worker's id, which no other worker, and no earlier life of this one, has.</param>
/// <param name="offer">What the worker can do now.</param>
/// <param name="worker">The worker.</param>
internal sealed class WorkerLink(PartitionKey key, string id, Func<WorkerOffer> offer, ILinkedWorker worker)
{
    /// <summary>How many slots one report sets aside at most; a worker with more of them reports again at once.</summary>
    internal const int MaxSlots = 256;

    /// <summary>Numbers go on from one link of this process to the next, also to another partition: so no report is older than it looks.</summary>
    private static long _lastNumber;

    /// <summary>The number of the last report that was written to any partition.</summary>
    internal static long LastNumber => Volatile.Read(ref _lastNumber);

    private readonly Lock _gate = new();
    private readonly List<WorkerOutcome> _outcomes = [];
    private readonly Dictionary<JobDelivery, AttemptNotes> _told = [];
    private IReadOnlyCollection<string>? _offered;
    private volatile bool _isClosed;
    private long _formerOwners;

    internal PartitionKey Key { get; } = key;

    /// <summary>Whether jobs are ready there that this worker could run, as far as it was told.</summary>
    internal bool HasMore { get; private set; }

    /// <summary>Whether nothing of this worker is left there: it runs nothing of the partition, and every end is acknowledged.</summary>
    internal bool IsAtRest
    {
        get
        {
            // The worker first: what ends after this look is among the ends by then.
            if (RunningHere.Any()) return false;
            lock (_gate) return _outcomes.Count == 0;
        }
    }

    internal bool HasOutcomes
    {
        get
        {
            lock (_gate) return _outcomes.Count > 0;
        }
    }

    /// <summary>Whether running handlers have written what the owner was not told yet.</summary>
    internal bool HasNews => RunningHere.Any(job => job.TakeNotes() is { } notes && IsNews(DeliveryOf(job.Record), notes));

    private IEnumerable<RunningJob> RunningHere => worker.Running.Where(job => job.Queue == Key.Queue && job.Id.Partition == Key.Number && !job.IsLeft);

    /// <summary>Takes note of the end of an attempt, to be told until an owner acknowledges it.</summary>
    internal void Ended(JobRecord job, JobEvent happened)
    {
        lock (_gate) _outcomes.Add(new WorkerOutcome(DeliveryOf(job), happened, job.StartedAt ?? job.RunAt));
    }

    /// <summary>Takes over what another link to the partition has not told.</summary>
    internal void Adopt(IReadOnlyList<WorkerOutcome> outcomes)
    {
        lock (_gate) _outcomes.AddRange(outcomes);
    }

    /// <summary>Takes note that jobs are ready there for this worker.</summary>
    internal void Nudged() => HasMore = true;

    /// <summary>The next report, with free slots set aside for the answer.</summary>
    internal WorkerReport Next(bool isLast = false)
    {
        var running = RunningHere.ToList();
        var tasks = worker.OfferedTasks;
        var slots = isLast || !worker.IsTaking || tasks.Count == 0 ? 0 : worker.ReserveSlots(MaxSlots);
        var taskSlots = new Dictionary<string, int>(StringComparer.Ordinal);
        if (slots > 0)
        {
            foreach (var task in worker.LimitedTasks) taskSlots[task] = worker.ReserveTask(task, slots);
        }

        lock (_gate)
        {
            var isNew = _offered is null || (!ReferenceEquals(_offered, tasks) && !_offered.SequenceEqual(tasks));
            _offered = tasks;
            return new WorkerReport
            {
                Worker = id,
                Number = Interlocked.Increment(ref _lastNumber),
                Offer = isNew ? offer() : null,
                Slots = slots,
                TaskSlots = taskSlots,

                // What has ended since the look at the worker is named as ended only.
                Running = [.. running.Select(job => DeliveryOf(job.Record)).Where(d => !_outcomes.Exists(o => o.Delivery == d))],
                Outcomes = [.. _outcomes],
                Notes = [.. NewsOf(running)],
                IsDraining = !worker.IsTaking,
                IsLast = isLast,
            };
        }
    }

    /// <summary>Does what an answer says; true if it is to be told at once that not everything was taken.</summary>
    internal bool Answered(WorkerReport report, WorkerOrders orders)
    {
        lock (_gate)
        {
            if (orders.WantsOffer) _offered = null;
            if (orders.IsTaken)
            {
                _outcomes.RemoveAll(report.Outcomes.Contains);
                foreach (var (delivery, notes) in report.Notes) _told[delivery] = notes;
                foreach (var ended in report.Outcomes) _told.Remove(ended.Delivery);
            }

            HasMore = orders.IsTaken && orders.HasMore;
        }

        foreach (var stop in orders.Stop) RunningHere.FirstOrDefault(job => DeliveryOf(job.Record) == stop)?.Stop(CancelReason.JobEnded);
        return Take(report, orders.Jobs) < orders.Jobs.Count;
    }

    /// <summary>Takes note that there will be no answer to a report: nothing of it is taken any more.</summary>
    internal void Unanswered(WorkerReport report)
    {
        // Another owner may not know this worker.
        lock (_gate) _offered = null;
        Take(report, []);
    }

    /// <summary>What this worker has of the partition, for whoever opens the partition now.</summary>
    internal HeldJobs Held(WorkerOffer known)
    {
        lock (_gate)
        {
            // The worker first: what ends after this look is among the ends by then.
            var running = RunningHere.Where(job => job.Reason is not CancelReason.JobEnded).ToList();
            var jobs = running.Select(job => new HeldJob(DeliveryOf(job.Record), job.Record.StartedAt ?? job.Record.RunAt))
                .Concat(_outcomes.Select(o => new HeldJob(o.Delivery, o.StartedAt)))
                .DistinctBy(held => held.Delivery);
            _offered = null;

            // What a former owner still answers comes too late: the next one does not know of it.
            _formerOwners = LastNumber;
            return new HeldJobs(id, known.Name, known.CodeVersion, LastNumber, [.. jobs]);
        }
    }

    /// <summary>
    /// Takes nothing more, and returns the ends that are not acknowledged. An answer that is under way may still acknowledge some; what is told
    /// twice counts once.
    /// </summary>
    internal IReadOnlyList<WorkerOutcome> Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            WorkerOutcome[] taken = [.. _outcomes];
            _outcomes.Clear();
            return taken;
        }
    }

    /// <summary>The owner could not be reached for so long that it counts this worker as lost: its jobs may run anew elsewhere.</summary>
    internal int GiveUp()
    {
        var left = RunningHere.ToList();
        foreach (var job in left) job.Leave();
        lock (_gate)
        {
            _outcomes.Clear();
            _told.Clear();
            _offered = null;
        }

        return left.Count;
    }

    private static JobDelivery DeliveryOf(JobRecord job) => new(job.Id, job.Deliveries);

    /// <summary>Starts the jobs that came, and gives back the slots that were set aside for others.</summary>
    private int Take(WorkerReport report, IReadOnlyList<JobRecord> jobs)
    {
        var taskSlots = new Dictionary<string, int>(report.TaskSlots, StringComparer.Ordinal);
        var starts = new List<Assignment>(jobs.Count);
        lock (_gate)
        {
            // Under the lock, so that whoever asks what this worker has of the partition is told of these jobs, or they are not started.
            var isToTake = !report.IsLast && !_isClosed && worker.IsTaking && report.Number > _formerOwners;
            foreach (var job in isToTake ? jobs.Take(report.Slots) : [])
            {
                var task = job.Terms.Task;
                if (taskSlots.TryGetValue(task, out var free) && free > 0) taskSlots[task] = free - 1;
                else if (worker.ReserveTask(task, 1) == 0) continue;
                starts.Add(new Assignment(job));
            }

            if (starts.Count > 0) worker.Start(starts);
        }

        // What is not started is not named in the next report, and so is given back.
        worker.ReleaseSlots(report.Slots - starts.Count);
        foreach (var (task, free) in taskSlots) worker.ReleaseTaskOnly(task, free);
        return starts.Count;
    }

    private bool IsNews(JobDelivery delivery, AttemptNotes notes)
    {
        lock (_gate)
        {
            return !_told.TryGetValue(delivery, out var told) || told.Progress != notes.Progress || told.Log.Count != notes.Log.Count;
        }
    }

    private IEnumerable<(JobDelivery Delivery, AttemptNotes Notes)> NewsOf(List<RunningJob> running)
    {
        foreach (var job in running)
        {
            if (job.TakeNotes() is { } notes && IsNews(DeliveryOf(job.Record), notes)) yield return (DeliveryOf(job.Record), notes);
        }
    }
}
