using System.Collections.Concurrent;
using Jobs.Grains.Contracts;

namespace Jobs.Client;

/// <summary>
/// All waits of this process for jobs' ends. A wait is an entry here: the silos tell this one watcher what has ended, and are asked now and
/// then about what is still awaited, because what they tell may be lost and because silos go away.
/// </summary>
internal sealed class ResultWatch : IJobWatcher
{
    /// <summary>A job that was enqueued to be awaited, and that nobody comes to wait for, is forgotten after so long.</summary>
    private static readonly TimeSpan LongestDetour = TimeSpan.FromMinutes(1);

    private readonly IGrainFactory _grains;
    private readonly ClusterCalls _calls;
    private readonly JobsClientOptions _options;
    private readonly ConcurrentDictionary<JobId, ResultWait> _waits = new();
    private readonly ConcurrentDictionary<IQueuePartition, WatchLane> _lanes = new();
    private readonly Lazy<Task<IJobWatcher>> _reference;
    private readonly Lock _gate = new();
    private ITimer? _timer;

    internal ResultWatch(IGrainFactory grains, ClusterCalls calls, JobsClientOptions options)
    {
        _grains = grains;
        _calls = calls;
        _options = options;

        // On a thread of the pool: the first one to wait may be a grain, on whose turn no watcher can be made.
        _reference = new Lazy<Task<IJobWatcher>>(() => Task.Run(() => _grains.CreateObjectReference<IJobWatcher>(this)));
    }

    /// <summary>This process, as silos know it.</summary>
    internal Task<IJobWatcher> Reference => _reference.Value;

    /// <summary>Makes room for the end of a job that is about to be enqueued; the request names <see cref="Reference"/>.</summary>
    internal void Expect(JobId id)
    {
        _waits.TryAdd(id, new ResultWait { IsExpected = true, IsKnown = true, AskedAt = TimeProvider.System.GetTimestamp() });
        KeepAsking();
    }

    /// <summary>What silos were told of a job's watcher may not have reached them, or not the one that has the job now.</summary>
    internal void Doubt(JobId id)
    {
        if (_waits.TryGetValue(id, out var wait)) wait.MustAsk = true;
    }

    /// <summary>A job that was expected is not there. Whoever waits for another one with its id goes on.</summary>
    internal void Forget(JobId id)
    {
        if (_waits.TryGetValue(id, out var wait) && wait.IsExpected) Drop(id, wait);
    }

    /// <summary>A new job has replaced an ended one under its id; whoever waits for that one goes on, and whoever comes waits for the new one.</summary>
    /// <param name="id">The id.</param>
    /// <param name="enqueuedAt">When the new one was enqueued.</param>
    internal void Renew(JobId id, DateTimeOffset enqueuedAt)
    {
        _waits.AddOrUpdate(id, _ => New(null), (_, before) => New(before.Ended.Task.IsCompleted ? null : before));
        KeepAsking();

        ResultWait New(ResultWait? before) => new()
        {
            IsExpected = true,
            MustAsk = true,
            AskedAt = TimeProvider.System.GetTimestamp(),
            Since = enqueuedAt,
            Before = before,
        };
    }

    /// <summary>The end of a job.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    internal async Task<JobSnapshot> WaitAsync(IQueuePartition partition, JobId id, CancellationToken cancellation)
    {
        var (wait, asks) = Join(partition, id);
        try
        {
            if (asks) Lane(partition).Ask(id);
            return await wait.Ended.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            lock (wait)
            {
                if (--wait.Holders == 0)
                {
                    wait.IsGone = true;
                    Drop(id, wait);
                }
            }
        }
    }

    /// <inheritdoc/>
    public Task EndedAsync(JobSnapshot[] jobs)
    {
        foreach (var job in jobs)
        {
            if (_waits.TryGetValue(job.Id, out var wait)) wait.End(job);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task EndedLastAsync(JobSnapshot[] jobs) => EndedAsync(jobs);

    /// <inheritdoc/>
    public Task AskAgainAsync(JobId[] jobs)
    {
        foreach (var id in jobs)
        {
            if (!_waits.TryGetValue(id, out var wait)) continue;
            wait.MustAsk = true;
            if (wait.Partition is { } partition) Lane(partition).Ask(id);
        }

        return Task.CompletedTask;
    }

    private (ResultWait Wait, bool Asks) Join(IQueuePartition partition, JobId id)
    {
        while (true)
        {
            var wait = _waits.GetOrAdd(id, static _ => new ResultWait { MustAsk = true });
            lock (wait)
            {
                if (wait.IsGone) continue;
                wait.Holders++;
                wait.IsExpected = false;
                wait.Partition = partition;
                var asks = wait is { MustAsk: true, Ended.Task.IsCompleted: false };
                if (asks) wait.Asked();
                KeepAsking();
                return (wait, asks);
            }
        }
    }

    private WatchLane Lane(IQueuePartition partition) =>
        _lanes.GetOrAdd(partition, static (partition, watch) => new WatchLane(partition, watch), this);

    /// <summary>Asks for jobs, and completes those that have ended or are not there.</summary>
    internal async Task AskAsync(IQueuePartition partition, JobId[] ids)
    {
        // The answer is for those who ask now: whoever comes later may wait for the end after a retry.
        var waits = new Dictionary<JobId, ResultWait>(ids.Length);
        foreach (var id in ids)
        {
            if (_waits.TryGetValue(id, out var wait)) waits[id] = wait;
        }

        if (waits.Count == 0) return;
        var known = waits.ToLookup(wait => wait.Value.IsKnown, wait => wait.Key);
        var watcher = await Reference.ConfigureAwait(false);
        var request = new WatchRequest { Watcher = watcher, Jobs = [.. known[false]], Again = [.. known[true]] };
        foreach (var id in request.Jobs) waits[id].IsKnown = true;
        try
        {
            var reply = await _calls.AskAsync(_ => partition.WatchAsync(request), "wait for jobs", CancellationToken.None).ConfigureAwait(false);
            foreach (var job in reply.Ended) waits[job.Id].End(job);
            foreach (var id in reply.Missing) waits[id].Fail(new JobNotFoundException(id));
        }
        catch (Exception e)
        {
            foreach (var wait in waits.Values) wait.Fail(e);
        }
    }

    /// <summary>Gives up a wait; whoever still waits for the job before this one is asked for again.</summary>
    private void Drop(JobId id, ResultWait wait)
    {
        if (!_waits.TryRemove(new KeyValuePair<JobId, ResultWait>(id, wait))) return;
        if (wait.Before is { IsGone: false, Ended.Task.IsCompleted: false } before) _waits.TryAdd(id, before);
    }

    private void KeepAsking()
    {
        if (Volatile.Read(ref _timer) is not null) return;
        lock (_gate) _timer ??= TimeProvider.System.CreateTimer(_ => AskForOld(), null, _options.PollTime / 2, _options.PollTime / 2);
    }

    /// <summary>Asks for whatever was not asked for lately.</summary>
    private void AskForOld()
    {
        foreach (var (id, wait) in _waits)
        {
            var age = TimeProvider.System.GetElapsedTime(wait.AskedAt);
            if (wait.IsExpected)
            {
                if (age > LongestDetour) Drop(id, wait);
            }
            else if (age >= _options.PollTime && wait is { Partition: { } partition, Ended.Task.IsCompleted: false })
            {
                wait.Asked();
                Lane(partition).Ask(id);
            }
        }

        lock (_gate)
        {
            if (!_waits.IsEmpty) return;
            _timer?.Dispose();
            _timer = null;
        }

        // Whoever came between the look and the end of the timer saw it running.
        if (!_waits.IsEmpty) KeepAsking();
    }
}
