using Jobs.Core;

namespace Jobs.Bench;

/// <summary>Passes everything on to a store and counts the completions that it has committed. Survives the engine it serves.</summary>
internal sealed class CompletionCounter(IJobStore inner) : IJobStore
{
    private long _completed;
    private long _wanted = long.MaxValue;
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoreCapabilities Capabilities => inner.Capabilities;

    internal Task WhenAsync(long jobs)
    {
        Volatile.Write(ref _wanted, jobs);
        if (Volatile.Read(ref _completed) >= jobs) _reached.TrySetResult();
        return _reached.Task;
    }

    public async ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
    {
        var verdicts = await inner.CommitAsync(units, cancellation);
        var completed = 0;
        foreach (var unit in units)
        {
            for (var i = 0; i < unit.Changes.Count; i++)
            {
                if (unit.Changes[i].Transition.After is { State: JobState.Completed }) completed++;
            }
        }

        if (completed > 0 && Interlocked.Add(ref _completed, completed) >= Volatile.Read(ref _wanted)) _reached.TrySetResult();
        return verdicts;
    }

    public ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation) => inner.ListPartitionsAsync(cancellation);

    public ValueTask<PartitionOpening> OwnAsync(PartitionKey partition, string owner, CancellationToken cancellation) =>
        inner.OwnAsync(partition, owner, cancellation);

    public ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation) => inner.LoadAsync(request, cancellation);

    public ValueTask<JobRecord?> FindAsync(JobId id, CancellationToken cancellation) => inner.FindAsync(id, cancellation);

    public ValueTask<IReadOnlyList<JobRecord>> ListAsync(JobQuery query, DateTimeOffset asOf, CancellationToken cancellation) =>
        inner.ListAsync(query, asOf, cancellation);

    public ValueTask<JobCounts> CountAsync(QueueName? queue, DateTimeOffset asOf, CancellationToken cancellation) =>
        inner.CountAsync(queue, asOf, cancellation);

    public ValueTask<int> PruneAsync(DateTimeOffset now, CancellationToken cancellation) => inner.PruneAsync(now, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
