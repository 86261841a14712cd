using System.Collections.Concurrent;
using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Grains.Node;

/// <summary>Who is told of the end of which jobs. Whoever does not ask again in time is forgotten.</summary>
/// <param name="waiters">Where ends come from.</param>
/// <param name="find">Reads a job from the store; null if it is not there.</param>
/// <param name="keptFor">How long a job is watched after it was last asked for.</param>
internal sealed class JobWatches(ResultWaiters waiters, Func<JobId, Task<JobSnapshot?>> find, TimeSpan keptFor)
{
    private readonly ConcurrentDictionary<IJobWatcher, JobWatch> _watches = new();

    /// <summary>True if everybody has been told of every end.</summary>
    internal bool AreTold => _watches.Values.All(watch => watch.IsTold);

    /// <summary>Watches a job that is about to be enqueued, so that its end cannot be missed.</summary>
    internal void Expect(IJobWatcher watcher, JobId id) => Of(watcher, watch => watch.Follow(id, keepsEnd: true));

    /// <summary>Does not watch a job any more.</summary>
    internal void Forget(IJobWatcher watcher, JobId id)
    {
        if (_watches.TryGetValue(watcher, out var watch)) watch.Forget(id);
    }

    /// <summary>Watches jobs, and returns what is known of them now.</summary>
    internal async Task<WatchReply> WatchAsync(WatchRequest request)
    {
        List<JobSnapshot> ended = [];
        List<JobId> missing = [];
        List<JobId> unknown = [];
        foreach (var id in request.Again)
        {
            var (isNew, end) = Of(request.Watcher, watch => watch.Follow(id));
            if (end is not null) ended.Add(end);

            // The end of one that is watched already cannot have been missed.
            else if (isNew) unknown.Add(id);
        }

        foreach (var id in request.Jobs)
        {
            // A second wait for a job finds what is stored, and nothing else.
            if (Of(request.Watcher, watch => watch.Follow(id, anew: true)).IsNew) unknown.Add(id);
        }

        await Task.WhenAll(unknown.Select(LookAsync)).ConfigureAwait(false);
        return new WatchReply { Ended = [.. ended], Missing = [.. missing] };

        async Task LookAsync(JobId id)
        {
            JobSnapshot? job;
            try
            {
                job = await find(id).ConfigureAwait(false);
            }
            catch
            {
                // Asked again, it has to be looked for again.
                Forget(request.Watcher, id);
                throw;
            }

            if (job?.State.IsFinal() == false) return;
            if (_watches.TryGetValue(request.Watcher, out var watch)) watch.Forget(id);
            lock (missing)
            {
                if (job is null) missing.Add(id);
                else ended.Add(job);
            }
        }
    }

    /// <summary>Has the watchers of a partition's jobs ask its next owner.</summary>
    internal void Leave(PartitionKey partition)
    {
        foreach (var watch in _watches.Values) watch.Leave(id => id.QueueHash == partition.Queue.Hash && id.Partition == partition.Number);
    }

    /// <summary>Forgets what nobody has asked for in time.</summary>
    internal void Sweep()
    {
        foreach (var (watcher, watch) in _watches)
        {
            if (watch.Sweep(keptFor)) _watches.TryRemove(new KeyValuePair<IJobWatcher, JobWatch>(watcher, watch));
        }
    }

    private T Of<T>(IJobWatcher watcher, Func<JobWatch, T?> act)
        where T : struct
    {
        while (true)
        {
            var watch = _watches.GetOrAdd(watcher, static (watcher, waiters) => new JobWatch(watcher, waiters), waiters);
            if (act(watch) is { } done) return done;
            _watches.TryRemove(new KeyValuePair<IJobWatcher, JobWatch>(watcher, watch));
        }
    }
}
