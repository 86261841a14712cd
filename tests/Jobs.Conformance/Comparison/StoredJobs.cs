using System.Text;
using Jobs.Core;

namespace Jobs.Conformance.Comparison;

/// <summary>Records for store tests, each with a next sequence number.</summary>
internal sealed class StoredJobs
{
    internal static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly JobIdSource _ids = new(new FixedClock(), new Random(7));
    private long _sequence;

    internal JobRecord New(string queue = "q", string task = "t", string? uniqueKey = null, JobId? id = null, DateTimeOffset? runAt = null) => new()
    {
        Id = id ?? _ids.Next(queue, 0),
        Terms = new JobTerms { Task = task, Queue = queue },
        Payload = Encoding.UTF8.GetBytes("{}"),
        State = runAt is null ? JobState.Pending : JobState.Scheduled,
        Sequence = ++_sequence,
        EnqueuedAt = Start,
        RunAt = runAt ?? Start,
        UniqueKey = uniqueKey,
    };

    internal JobId NextId(string queue, int partition) => _ids.Next(queue, partition);

    internal static JobRecord Started(JobRecord job) =>
        job with { State = JobState.Running, Deliveries = job.Deliveries + 1, LastAttempt = 1, Worker = "w", StartedAt = Start };

    internal static JobRecord Ended(JobRecord job, JobState state = JobState.Completed) => job with { State = state, FinishedAt = Start };

    internal static JobChange Insert(JobRecord job, long epoch = 1) => new(new JobTransition(null, job), epoch);

    internal static JobChange Change(JobRecord before, JobRecord? after, long epoch = 1) => new(new JobTransition(before, after), epoch);

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Start;
    }
}
