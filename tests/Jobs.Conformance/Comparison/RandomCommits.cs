using System.Text;
using Jobs.Core;

namespace Jobs.Conformance.Comparison;

/// <summary>
/// Random units, most of them sound: new jobs, starts, ends, retries, changes and removals, and among them stale epochs, stale deliveries,
/// ids that are taken and unique keys that are held.
/// </summary>
internal sealed class RandomCommits(Random random)
{
    private static readonly string[] Keys = ["k1", "k2", "k3"];
    private static readonly string[] Groups = ["g1", "g2"];
    private static readonly string[] LimitKeys = ["ü", "\"t\""];
    private static readonly string[] Tasks = ["t1", "t2", "t3"];
    private static readonly string[] Tags = ["x", "y", "z'\"ü"];

    private readonly StoredJobs _new = new();
    private readonly Dictionary<PartitionKey, long> _epochs = [];
    private readonly List<JobId> _order = [];
    private readonly Dictionary<JobId, JobRecord> _jobs = [];
    private readonly HashSet<JobId> _touched = [];
    private long _sequence;

    internal DateTimeOffset Now { get; private set; } = StoredJobs.Start;

    internal void Own(PartitionKey partition, long epoch) => _epochs[partition] = epoch;

    /// <summary>Units in which no job is changed twice: what one engine hands in at once never does that.</summary>
    internal IReadOnlyList<CommitUnit> Next(int units, int maxChanges)
    {
        Now += TimeSpan.FromTicks(random.Next(1, 20_000_000));
        _touched.Clear();
        return [.. Enumerable.Range(0, units).Select(_ => UnitOf(1 + random.Next(maxChanges)))];
    }

    internal void Settled(CommitUnit unit, CommitVerdict verdict)
    {
        if (verdict is not (CommitVerdict.Committed or CommitVerdict.CommittedExcept)) return;
        foreach (var id in unit.Changes.Where(c => c.Transition.Before is null).Select(c => c.Transition.Job.Id))
        {
            if (!_order.Contains(id)) _order.Add(id);
        }
    }

    internal void Found(JobId id, JobRecord? job)
    {
        if (job is not null)
        {
            _jobs[id] = job;
            return;
        }

        _jobs.Remove(id);
        _order.Remove(id);
    }

    internal async Task ForgetPrunedAsync(IJobStore store)
    {
        foreach (var id in _order.ToList()) Found(id, await store.FindAsync(id, default));
    }

    internal IEnumerable<PageRequest> Pages(PartitionKey partition, PollStrategy strategy)
    {
        var asOf = Now;
        yield return new PageRequest(partition, PageKind.Due, "", OrderKey.First, 1 + random.Next(8), strategy, asOf);
        foreach (var task in Tasks) yield return new PageRequest(partition, PageKind.Ready, task, OrderKey.First, 1 + random.Next(8), strategy, asOf);
        foreach (var key in LimitKeys)
        {
            var page = new PageRequest(partition, PageKind.Limited, Pick(Tasks), OrderKey.First, 1 + random.Next(8), strategy, asOf);
            yield return page with { LimitKey = key };
        }

        foreach (var group in Groups) yield return new PageRequest(partition, PageKind.Group, group, OrderKey.First, 1 + random.Next(8), strategy, asOf);
    }

    internal PruneRequest Prune() => new(Now)
    {
        MaxRecords = 1 + random.Next(20),
        Limits = Chance(2)
            ? []
            : new Dictionary<QueueName, HistoryLimits> { ["a"] = new() { Completed = Limit(), Dead = Limit() }, ["b"] = new() { Cancelled = Limit() } },
    };

    internal IEnumerable<JobQuery> Queries()
    {
        yield return new JobQuery { PageJobs = JobQuery.MaxPageJobs };
        yield return new JobQuery { PageJobs = JobQuery.MaxPageJobs, NewestFirst = false };
        for (var i = 0; i < 4; i++)
        {
            yield return new JobQuery
            {
                PageJobs = 1 + random.Next(20),
                NewestFirst = Chance(2),
                After = Chance(2) && _order.Count > 0 ? _order[random.Next(_order.Count)] : null,
                Queue = Chance(2) ? new QueueName(Pick(["a", "b"])) : default(QueueName?),
                Task = Chance(3) ? Pick(Tasks) : null,
                Tag = Chance(3) ? Pick(Tags) : null,
                States = Chance(2) ? [.. Enum.GetValues<JobState>().Where(_ => Chance(2))] : null,
                EnqueuedFrom = Chance(3) ? Between() : null,
                EnqueuedBefore = Chance(3) ? Between() : null,
            };
        }
    }

    /// <summary>A job that comes back with its unique key does so alone: the engine asks for one at a time.</summary>
    private Unit UnitOf(int count)
    {
        var changes = Enumerable.Range(0, count).Select(_ => Change()).ToArray();
        var back = changes.Where(c => c.Transition.Before?.State.IsFinal() == true && c.Transition.After?.UniqueKey is not null).ToList();
        return new Unit(back.Count > 0 ? [back[0]] : changes);
    }

    private JobChange Change()
    {
        var known = _order.Where(id => _jobs.ContainsKey(id) && !_touched.Contains(id)).ToList();
        var change = known.Count == 0 || Chance(3) ? Insert() : Later(_jobs[known[random.Next(known.Count)]]);
        _touched.Add(change.Transition.Job.Id);
        return change;
    }

    private JobChange Insert()
    {
        var partition = _epochs.Keys.ElementAt(random.Next(_epochs.Count));
        JobId? named = Chance(8) ? JobId.FromName(partition.Queue, "n" + random.Next(20)) : null;
        if (named is not null) partition = partition with { Number = 0 };
        if (named is { } taken && _touched.Contains(taken)) named = null;
        var scheduled = Chance(2);
        return With(null, new JobRecord
        {
            Id = named ?? _new.NextId(partition.Queue.Value, partition.Number),
            Terms = Terms(partition.Queue),
            Payload = Bytes("{\"ü\":" + random.Next(100) + "}"),
            State = scheduled ? JobState.Scheduled : JobState.Pending,
            Sequence = ++_sequence,
            EnqueuedAt = Now,
            RunAt = scheduled ? Later() : Now - TimeSpan.FromTicks(random.Next(10_000_000)),
            Priority = random.Next(-2, 3),
            UniqueKey = Chance(3) ? Pick(Keys) : null,
        });
    }

    private JobTerms Terms(QueueName queue) => new()
    {
        Task = Pick(Tasks),
        Queue = queue,
        GroupKey = Chance(3) ? Pick(Groups) : null,
        LimitKey = Chance(3) ? Pick(LimitKeys) : null,
        Tags = Chance(2) ? [] : [.. Tags.Where(_ => Chance(2))],
        Headers = Chance(4) ? new Dictionary<string, string> { ["h"] = "v" } : System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty,
        MaxAttempts = 1 + random.Next(5),
        Retention = random.Next(5) switch
        {
            0 => RetentionPolicy.None,
            1 => new RetentionPolicy(TimeSpan.FromSeconds(random.Next(1, 60)), KeepPayload: false),
            2 => RetentionPolicy.For(TimeSpan.FromSeconds(random.Next(1, 60))),
            _ => RetentionPolicy.Default,
        },
    };

    private JobChange Later(JobRecord job)
    {
        // Sometimes from a copy that was read before the job was handed out once more.
        var before = job.Deliveries > 0 && Chance(10) ? job with { Deliveries = job.Deliveries - 1 } : job;
        if (job.State.IsFinal()) return With(before, Chance(3) || job.Notes?.PayloadPrunedAt is not null ? null : Revived(before));
        if (Chance(12)) return With(before, null);
        return With(before, random.Next(6) switch
        {
            0 => before with { Priority = random.Next(-2, 3) },
            1 => before with { State = JobState.Scheduled, RunAt = Later(), Worker = null },
            2 or 3 when job.State is not JobState.Running => before with
            {
                State = JobState.Running,
                Deliveries = before.Deliveries + 1,
                LastAttempt = before.LastAttempt + 1,
                Worker = "w",
                StartedAt = Now,
            },
            3 => before with { State = JobState.Retrying, RunAt = Later(), Failures = before.Failures + 1, Notes = Notes() },
            _ => before with
            {
                State = Pick([JobState.Completed, JobState.Completed, JobState.Dead, JobState.Cancelled, JobState.Discarded]),
                FinishedAt = Now,
                Result = Chance(2) ? Bytes("42") : null,
            },
        });
    }

    private JobRecord Revived(JobRecord job) => job with { State = JobState.Pending, RunAt = Now, FinishedAt = null, Result = null, Failures = 0 };

    private static JobNotes Notes() => new() { Reason = "it's \"so\"" };

    private JobChange With(JobRecord? before, JobRecord? after)
    {
        var partition = (after ?? before)!.Partition;
        var epoch = _epochs[partition] - (Chance(25) ? 1 : 0);
        return new JobChange(new JobTransition(before, after), epoch, StoreComparison.StrategyOf(partition));
    }

    private HistoryLimit? Limit() => Chance(4)
        ? null
        : new HistoryLimit(
            Chance(3) ? null : random.Next(15), Chance(3) ? null : TimeSpan.FromSeconds(random.Next(60)),
            Chance(2) ? null : TimeSpan.FromSeconds(random.Next(30)), Chance(2) ? null : 1 + random.Next(10_000));

    private DateTimeOffset Later() => Now + TimeSpan.FromTicks(random.Next(100_000_000));

    private DateTimeOffset Between() => StoredJobs.Start + ((Now - StoredJobs.Start) * random.NextDouble());

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
