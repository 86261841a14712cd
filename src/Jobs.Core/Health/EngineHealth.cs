using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>Keeps how each loop of an engine is. A success costs one comparison while nothing fails.</summary>
internal sealed class EngineHealth(TimeProvider clock, Func<IEnumerable<PartitionKey>> partitions, JobsMetrics metrics, ILogger log) : IJobsHealth
{
    private static readonly JobsLoop[] OfService = [JobsLoop.Start, JobsLoop.Commit, JobsLoop.Ownership, JobsLoop.Prune, JobsLoop.Inbox];
    private static readonly JobsLoop[] OfPartition = [JobsLoop.Partition, JobsLoop.Paging, JobsLoop.Outcomes];

    private readonly Lock _gate = new();
    private readonly Dictionary<(JobsLoop Loop, PartitionKey? Partition), LoopHealth> _failed = [];
    private int _failing;
    private readonly ConcurrentDictionary<object, DateTimeOffset> _commitsUnderWay = new();

    public event Action<LoopHealth>? Changed;

    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromSeconds(30);

    public bool IsHealthy => Failing == 0 && !(CommitStarted is { } since && clock.GetUtcNow() - since > StuckAfter);

    public IReadOnlyList<LoopHealth> Loops =>
    [
        .. OfService.Select(loop => Of(loop, null)),
        .. partitions().SelectMany(partition => OfPartition.Select(loop => Of(loop, partition))),
    ];

    /// <summary>How many loops fail now.</summary>
    internal int Failing => Volatile.Read(ref _failing);

    /// <summary>When the oldest commit that is under way began.</summary>
    private DateTimeOffset? CommitStarted => _commitsUnderWay.IsEmpty ? null : _commitsUnderWay.Values.Select(began => (DateTimeOffset?)began).Min();

    /// <summary>Notes that a commit goes to the store.</summary>
    /// <param name="lane">Whose commit it is; each has one at a time.</param>
    internal void CommitBegins(object lane) => _commitsUnderWay[lane] = clock.GetUtcNow();

    internal void CommitEnded(object lane, Exception? error)
    {
        _commitsUnderWay.TryRemove(lane, out _);
        Report(JobsLoop.Commit, null, error);
    }

    /// <summary>Notes how a try of a loop ended.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="partition">The partition it is of; null for those of the service.</param>
    /// <param name="error">Why it failed; null if it did not.</param>
    internal void Report(JobsLoop loop, PartitionKey? partition, Exception? error)
    {
        if (error is null && Failing == 0) return;
        LoopHealth before;
        LoopHealth after;
        lock (_gate)
        {
            before = Known(loop, partition);
            after = error is null ? before with { FailingSince = null, FailuresInARow = 0 } : Failed(before, error, clock.GetUtcNow());
            if (error is null && !before.IsFailing) return;
            _failed[(loop, partition)] = after;
            _failing += (after.IsFailing ? 1 : 0) - (before.IsFailing ? 1 : 0);
        }

        if (error is not null) metrics.LoopFailed(after);
        if (before.IsFailing != after.IsFailing) Tell(after);
    }

    /// <summary>A partition is served no more until it is opened anew; what its runner was busy with is over.</summary>
    internal void Lost(PartitionKey partition, Exception error)
    {
        Report(JobsLoop.Paging, partition, null);
        Report(JobsLoop.Outcomes, partition, null);
        bool isKnown;
        lock (_gate) isKnown = Known(JobsLoop.Partition, partition).IsFailing;
        if (!isKnown) Report(JobsLoop.Partition, partition, error);
    }

    private static LoopHealth Failed(LoopHealth before, Exception error, DateTimeOffset now) => before with
    {
        FailingSince = before.FailingSince ?? now,
        FailuresInARow = before.FailuresInARow + 1,
        Failures = before.Failures + 1,
        LastError = error,
        LastFailureAt = now,
    };

    private LoopHealth Of(JobsLoop loop, PartitionKey? partition)
    {
        lock (_gate)
        {
            var known = Known(loop, partition);
            return loop is JobsLoop.Commit ? known with { BusySince = CommitStarted } : known;
        }
    }

    private LoopHealth Known(JobsLoop loop, PartitionKey? partition) => _failed.TryGetValue((loop, partition), out var known)
        ? known
        : new LoopHealth { Loop = loop, Queue = partition?.Queue, Partition = partition?.Number };

    private void Tell(LoopHealth health)
    {
        if (health.IsFailing) WorkerLog.LoopFails(log, health.LastError!, health.Loop, health.Queue?.Value, health.Partition);
        else WorkerLog.LoopIsWell(log, health.Loop, health.Queue?.Value, health.Partition);
        foreach (var listener in (Changed?.GetInvocationList() ?? []).Cast<Action<LoopHealth>>())
        {
            try
            {
                listener(health);
            }
            catch (Exception e)
            {
                WorkerLog.ObserverFailed(log, e);
            }
        }
    }
}
