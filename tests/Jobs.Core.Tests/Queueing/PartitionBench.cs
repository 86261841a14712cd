namespace Jobs.Core.Tests.Queueing;

/// <summary>A partition on a store in memory, moved by hand: nothing happens that the test does not do.</summary>
internal sealed class PartitionBench : IAsyncDisposable
{
    private static readonly PartitionKey Key = new(QueueName.Default, 0);

    private readonly InMemoryJobStore _store = new();
    private readonly PollStrategy _strategy;
    private readonly PartitionLimits _limits;
    private readonly JobIdSource _ids;
    private long _epoch;

    internal PartitionBench(PartitionLimits? limits = null, PollStrategy strategy = PollStrategy.PriorityFirst)
    {
        _limits = limits ?? PartitionLimits.Default;
        _strategy = strategy;
        _ids = new JobIdSource(new BenchClock(this), new Random(1));
        Partition = null!;
        Reopen();
        Pump();
    }

    internal QueuePartition Partition { get; private set; }

    internal List<JobRecord> Inserted { get; } = [];

    internal DateTimeOffset Now { get; set; } = States.Sample.Now;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    /// <summary>A new owner, that has read nothing yet.</summary>
    internal void Reopen()
    {
        var opening = Done(_store.OwnAsync(Key, "owner", CancellationToken.None));
        _epoch = opening.Epoch;
        Partition = new QueuePartition(Key, _strategy, _limits, new JobStateMachine(JobLimits.Default));
        Partition.Open(opening.LastSequence, opening.Tasks, opening.Started, Now);
    }

    internal JobRecord Insert(string task = "a", string? group = null, int priority = 0, int afterSeconds = 0)
    {
        var job = Draft(task, group, priority, afterSeconds);
        Assert.IsType<CommitVerdict.Committed>(Commit(new JobTransition(null, job)));
        Partition.Inserted(job, Now);
        Inserted.Add(job);
        return job;
    }

    /// <summary>A job that has its sequence number, and of which nobody knows yet.</summary>
    internal JobRecord Draft(string task = "a", string? group = null, int priority = 0, int afterSeconds = 0) =>
        new()
        {
            Id = _ids.Next(QueueName.Default, 0),
            Terms = new JobTerms { Task = task, Queue = QueueName.Default, GroupKey = group },
            Payload = default,
            State = afterSeconds > 0 ? JobState.Scheduled : JobState.Pending,
            Sequence = Partition.TakeSequence(1),
            EnqueuedAt = Now,
            RunAt = Now.AddSeconds(afterSeconds),
            Priority = priority,
        };

    internal CommitVerdict Commit(JobTransition transition) =>
        Done(_store.CommitAsync([new ModelUnit([new JobChange(transition, _epoch)])], CancellationToken.None))[0];

    /// <summary>Plans a change, commits it and confirms it.</summary>
    internal void Change(JobId id, JobEvent happened, int? delivery = null) => Settle(Plan(id, happened, delivery));

    internal void Ask(JobId id, JobAction action) => Change(id, new JobEvent.Asked(action));

    /// <summary>Plans a change of a job in the window, or of one that has to be looked up.</summary>
    internal StagedChange Plan(JobId id, JobEvent happened, int? delivery = null)
    {
        var plan = Partition.Plan(id, happened, Now, delivery);
        if (plan.Verdict is PlanVerdict.NotHere) plan = PlanStored(Find(id), happened);
        Assert.Equal(PlanVerdict.Staged, plan.Verdict);
        return plan.Change!;
    }

    internal (long Number, JobRecord Job) Find(JobId id) =>
        (Partition.BeginFind(), Done(_store.FindAsync(id, CancellationToken.None)) ?? throw new InvalidOperationException("The job is not there."));

    internal PlanResult PlanStored((long Number, JobRecord Job) found, JobEvent happened)
    {
        var plan = Partition.PlanStored(found.Job, found.Number, happened, Now);
        Partition.EndFind(found.Number);
        return plan;
    }

    internal void Settle(StagedChange change)
    {
        Assert.IsType<CommitVerdict.Committed>(Commit(change.Transition));
        Partition.Confirm(change, Now);
    }

    internal IReadOnlyList<JobRecord> Read(PageRequest request) => Done(_store.LoadAsync(request, CancellationToken.None));

    /// <summary>Reads every page that is wanted.</summary>
    internal void Pump()
    {
        Partition.Advance(Now);
        while (Partition.NextPage(Now) is { } request)
        {
            Partition.PageLoaded(request, Read(request), Now);
            Partition.Advance(Now);
        }
    }

    internal IReadOnlyList<JobRecord> Dispatch(string worker = "w", int slots = 100)
    {
        var assignments = new List<Assignment>();
        Partition.Advance(Now);
        Partition.Dispatch(new ModelSink(worker, slots, new Dictionary<string, int> { ["a"] = 100, ["b"] = 100 }), Now, assignments);
        return [.. assignments.Select(a => a.Job)];
    }

    /// <summary>Runs whatever can be run, page after page, and returns it in order.</summary>
    internal List<JobId> RunAll()
    {
        var ran = new List<JobId>();
        while (true)
        {
            Pump();
            var started = Dispatch();
            if (started.Count == 0) return ran;
            foreach (var job in started)
            {
                ran.Add(job.Id);
                Change(job.Id, new JobEvent.Succeeded(null), job.Deliveries);
            }
        }
    }

    private static T Done<T>(ValueTask<T> call) => call.IsCompletedSuccessfully ? call.Result : throw new InvalidOperationException("The store waits.");

    private sealed class BenchClock(PartitionBench bench) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => bench.Now;
    }
}
