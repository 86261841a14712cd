using Jobs.Core;

namespace Jobs.Conformance;

/// <summary>What the suites over stores share: a store, a partition that is owned, and jobs that the state machine moves.</summary>
public abstract class StoreContract(IStoreFixture fixture) : IAsyncLifetime
{
    protected static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    protected static readonly PartitionKey Home = new("default", 0);

    private readonly JobStateMachine _machine = new(JobLimits.Default);
    private readonly JobIdSource _ids = new(new ManualClock(), new Random(1));
    private readonly Dictionary<PartitionKey, long> _epochs = [];
    private IJobStore? _store;
    private long _sequence;

    protected static DateTimeOffset Now { get; } = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    protected IJobStore Store => _store!;

    public async ValueTask InitializeAsync()
    {
        _store = await fixture.CreateAsync();
        await OwnAsync(Home);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes the partition; changes are written under this epoch from now on.</summary>
    protected async Task<PartitionOpening> OwnAsync(PartitionKey partition, string owner = "owner")
    {
        var opening = await Store.OwnAsync(partition, owner, CancellationToken.None);
        _epochs[partition] = opening.Epoch;
        return opening;
    }

    /// <summary>A job that is not stored yet.</summary>
    protected JobRecord NewJob(
        PartitionKey? partition = null, string task = "work", Priority priority = default, TimeSpan delay = default, string? unique = null,
        string? group = null, RetentionPolicy? retention = null, JobId? id = null, string[]? tags = null, DateTimeOffset? enqueuedAt = null,
        string? limitKey = null)
    {
        var home = partition ?? Home;
        return new JobRecord
        {
            Id = id ?? _ids.Next(home.Queue, home.Number),
            Terms = new JobTerms
            {
                Task = task,
                Queue = home.Queue,
                GroupKey = group,
                LimitKey = limitKey,
                Retention = retention ?? RetentionPolicy.Default,
                Backoff = RetryPolicy.None,
                Tags = tags ?? [],
            },
            Payload = "\"payload\""u8.ToArray(),
            State = delay > TimeSpan.Zero ? JobState.Scheduled : JobState.Pending,
            Sequence = ++_sequence,
            EnqueuedAt = enqueuedAt ?? Now,
            RunAt = Now + delay,
            Priority = priority,
            UniqueKey = unique,
        };
    }

    protected JobChange Insert(JobRecord job) => new(new JobTransition(null, job), Epoch(job));

    /// <summary>The change that an event makes of a job.</summary>
    protected JobChange Change(JobRecord job, JobEvent happened, DateTimeOffset? at = null)
    {
        var transition = _machine.Apply(job, happened, at ?? Now);
        Assert.NotNull(transition);
        return new JobChange(transition, Epoch(job));
    }

    protected JobChange Start(JobRecord job) => Change(job, new JobEvent.Started("worker"));

    protected JobChange Ask(JobRecord job, JobAction action) => Change(job, new JobEvent.Asked(action));

    /// <summary>Commits changes as one unit.</summary>
    protected async Task<CommitVerdict> TryCommitAsync(params JobChange[] changes) =>
        Assert.Single(await Store.CommitAsync([new Unit(changes)], CancellationToken.None));

    /// <summary>Commits units in one call.</summary>
    protected async Task<IReadOnlyList<CommitVerdict>> TryCommitAllAsync(params JobChange[][] units) =>
        await Store.CommitAsync([.. units.Select(changes => new Unit(changes))], CancellationToken.None);

    /// <summary>Commits changes as one unit, which must succeed, and returns the jobs as they are after.</summary>
    protected async Task<JobRecord[]> CommitAsync(params JobChange[] changes)
    {
        Assert.IsType<CommitVerdict.Committed>(await TryCommitAsync(changes));
        return [.. changes.Select(c => c.Transition.Job)];
    }

    protected async Task<JobRecord> CommitOneAsync(JobChange change) => (await CommitAsync(change))[0];

    /// <summary>A stored job that ran and ended.</summary>
    protected async Task<JobRecord> FinishedAsync(JobRecord job, JobEvent ending)
    {
        await CommitAsync(Insert(job));
        return await CommitOneAsync(Change(await CommitOneAsync(Start(job)), ending));
    }

    protected static JobEvent Failed(bool retryable, DateTimeOffset? retryAt = null, string message = "broken") =>
        new JobEvent.Failed(new JobError(1, Now, "System.FormatException", message, "at Here()"), retryAt ?? Now, retryable);

    protected async Task<JobRecord?> FindAsync(JobId id) => await Store.FindAsync(id, CancellationToken.None);

    protected async Task<JobRecord> RequireAsync(JobId id)
    {
        var job = await FindAsync(id);
        Assert.NotNull(job);
        return job;
    }

    protected static void AssertSame(JobRecord expected, JobRecord actual)
    {
        Assert.Equal(Comparable(expected), Comparable(actual));
        Assert.Equal(expected.Payload.ToArray(), actual.Payload.ToArray());
        Assert.Equal(expected.Result?.ToArray(), actual.Result?.ToArray());
        Assert.Equal(expected.Terms.Tags, actual.Terms.Tags);
        Assert.Equal(expected.Terms.Headers.OrderBy(h => h.Key), actual.Terms.Headers.OrderBy(h => h.Key));
        var (notes, stored) = (expected.Notes ?? JobNotes.Empty, actual.Notes ?? JobNotes.Empty);
        Assert.Equal(notes.Errors, stored.Errors);
        Assert.Equal(notes.Log, stored.Log);
        Assert.Equal((notes.Progress, notes.Reason), (stored.Progress, stored.Reason));
        Assert.Equal(notes.CodeVersion, stored.CodeVersion);
    }

    // What records compare by reference is compared by content beside this.
    private static JobRecord Comparable(JobRecord job) => job with
    {
        Payload = default,
        Result = null,
        Notes = null,
        Terms = job.Terms with { Tags = [], Headers = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty },
    };

    private long Epoch(JobRecord job) => _epochs[job.Partition];

    private sealed class Unit(IReadOnlyList<JobChange> changes) : CommitUnit
    {
        public override IReadOnlyList<JobChange> Changes { get; } = changes;

        public override void Settle(CommitVerdict verdict)
        {
        }
    }
}
