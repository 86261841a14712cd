namespace Jobs.Core.Tests.Workers;

/// <summary>A worker whose handlers end when the test says so, with a task that has a limit of its own.</summary>
internal sealed class WorldWorker : ILinkedWorker
{
    internal const string Narrow = "narrow";

    private readonly RunEnvironment _environment;
    private readonly Action<WorldWorker, JobRecord> _started;
    private readonly int _slots;
    private int _free;
    private int _narrowFree = 1;

    internal WorldWorker(string id, int slots, PartitionKey key, TimeSpan? heartbeat, RunEnvironment environment, Action<WorldWorker, JobRecord> started)
    {
        Id = id;
        _slots = slots;
        _free = slots;
        _environment = environment;
        _started = started;
        Link = new WorkerLink(key, id, () => Offer(heartbeat), this);
    }

    public bool IsTaking => true;

    public int Concurrency => _slots;

    public IReadOnlyList<RunningJob> Running => Jobs;

    public IReadOnlyCollection<string> OfferedTasks { get; } = ["wide", Narrow];

    public IEnumerable<string> LimitedTasks => [Narrow];

    internal string Id { get; }

    internal WorkerLink Link { get; }

    internal List<RunningJob> Jobs { get; } = [];

    /// <summary>The report that is on its way, or whose answer is; null if none is.</summary>
    internal WorkerMail.Exchange? UnderWay { get; set; }

    internal bool IsSent { get; set; }

    internal bool HasAllSlots => _free == _slots && _narrowFree == 1;

    public int ReserveSlots(int wanted)
    {
        var taken = Math.Min(wanted, _free);
        _free -= taken;
        return taken;
    }

    public void ReleaseSlots(int count) => _free += count;

    public int ReserveTask(string task, int wanted)
    {
        if (task != Narrow) return wanted;
        var taken = Math.Min(wanted, _narrowFree);
        _narrowFree -= taken;
        return taken;
    }

    public void ReleaseTaskOnly(string task, int count)
    {
        if (task == Narrow) _narrowFree += count;
    }

    public void Start(IReadOnlyList<Assignment> assignments)
    {
        foreach (var job in assignments.Select(assignment => assignment.Job))
        {
            Jobs.Add(new RunningJob(job, _environment));
            _started(this, job);
        }

        Assert.True(_free >= 0 && Jobs.Count <= _slots, $"{Id} has {Jobs.Count} jobs on {_slots} slots.");
        Assert.True(Jobs.Count(job => job.Task == Narrow) <= 1, $"{Id} has more jobs of a task than its limit.");
    }

    internal void End(RunningJob job, JobEvent happened)
    {
        Jobs.Remove(job);
        ReleaseTaskOnly(job.Task, 1);
        ReleaseSlots(1);
        Link.Ended(job.Record, happened);
    }

    internal WorkerOffer Offer(TimeSpan? heartbeat = null) => new(Id, OfferedTasks, null, heartbeat);
}
