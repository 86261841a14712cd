using System.Collections.Concurrent;

namespace Jobs.Core.Tests.Embedded;

/// <summary>What a stress run knows by itself about its jobs, and what it saw that must not be.</summary>
internal sealed class StressLedger : IJobObserver
{
    private readonly ConcurrentDictionary<string, int> _running = new();
    private readonly ConcurrentDictionary<(JobId, int), bool> _deliveries = new();
    private readonly ConcurrentDictionary<JobId, int> _done = new();
    private readonly ConcurrentDictionary<JobId, int> _dead = new();
    private readonly ConcurrentDictionary<JobId, int> _exhausted = new();

    /// <summary>The jobs whose enqueue was acknowledged.</summary>
    internal ConcurrentDictionary<JobId, bool> Acknowledged { get; } = new();

    internal ConcurrentDictionary<JobId, bool> Deleted { get; } = new();

    internal ConcurrentDictionary<JobId, bool> Retried { get; } = new();

    internal ConcurrentQueue<string> Faults { get; } = new();

    internal long Runs => _deliveries.Count;

    public void Started(JobSnapshot job)
    {
        if (!_deliveries.TryAdd((job.Id, job.Deliveries), true)) Faults.Enqueue($"delivery {job.Deliveries} of {job.Id} ran twice");
    }

    public void Dead(JobSnapshot job) => _dead.AddOrUpdate(job.Id, 1, static (_, count) => count + 1);

    public void WorkerError(Exception error) => Faults.Enqueue($"worker error: {error}");

    internal Task Exhausted(JobSnapshot job)
    {
        _exhausted.AddOrUpdate(job.Id, 1, static (_, count) => count + 1);
        return Task.CompletedTask;
    }

    internal void Done(JobId id) => _done.AddOrUpdate(id, 1, static (_, count) => count + 1);

    /// <summary>Counts the run in, under everything that bounds how many run at a time.</summary>
    internal IDisposable Enter(JobContext job, string? group, int? limit)
    {
        if (job.Attempt > job.MaxAttempts) Faults.Enqueue($"attempt {job.Attempt} of {job.MaxAttempts} of {job.Id}");
        List<(string Name, int Max)> bounds = [($"job {job.Id}", 1)];
        if (group is not null) bounds.Add(($"group {job.Queue}/{group}", 1));
        if (limit is { } max) bounds.Add(($"task {job.Task}", max));
        foreach (var (name, most) in bounds)
        {
            var now = _running.AddOrUpdate(name, 1, static (_, count) => count + 1);
            if (now > most) Faults.Enqueue($"{name} ran {now} times at once, at {job.Id}");
        }

        return new Exit(() =>
        {
            foreach (var (name, _) in bounds) _running.AddOrUpdate(name, 0, static (_, count) => count - 1);
        });
    }

    /// <summary>Holds what is stored at the end against what happened; to be called when the engine has stopped.</summary>
    internal async Task CheckAsync(IJobStore store)
    {
        foreach (var id in Acknowledged.Keys)
        {
            var job = await store.FindAsync(id, CancellationToken.None);
            if (job is null && !Deleted.ContainsKey(id)) Faults.Enqueue($"{id} is lost");
            if (job is null) continue;
            if (!job.State.IsFinal()) Faults.Enqueue($"{id} is {job.State}");
            if (job.LostDeliveries > 0) Faults.Enqueue($"{id} was lost {job.LostDeliveries} times although every stop was in order");
            if (job.Failures > job.Terms.MaxAttempts) Faults.Enqueue($"{id} failed {job.Failures} times");
            if (Retried.ContainsKey(id)) continue;
            var done = _done.GetValueOrDefault(id);
            if (done > 1) Faults.Enqueue($"{id} was done {done} times");
            if (done == 0 && job.State is JobState.Completed) Faults.Enqueue($"{id} is completed, but nobody did it");
            if (done == 1 && job.State is not (JobState.Completed or JobState.Cancelled)) Faults.Enqueue($"{id} was done but is {job.State}");
        }

        foreach (var id in _dead.Keys.Union(_exhausted.Keys))
        {
            var (dead, told) = (_dead.GetValueOrDefault(id), _exhausted.GetValueOrDefault(id));
            if (dead != told) Faults.Enqueue($"{id} died {dead} times and OnExhausted was called {told} times");
        }
    }

    private sealed class Exit(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
