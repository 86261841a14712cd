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
    private volatile bool _mustArrive;

    private ResultWaiters Waiters => waiters;

    /// <summary>True if everybody has been told of every end.</summary>
    internal bool AreTold => _watches.Values.All(watch => watch.IsTold);

    /// <summary>
    /// Set when this silo stops: from then on, what is told counts as told only when it has come. There may be nobody who could be asked for
    /// it later.
    /// </summary>
    internal bool MustArrive
    {
        get => _mustArrive;
        set => _mustArrive = value;
    }

    /// <summary>Watches a job that is about to be enqueued, so that its end cannot be missed.</summary>
    internal void Expect(IJobWatcher watcher, JobId id) => Follow(watcher, id, keepsEnd: true);

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
        List<(JobId Id, JobWatch Watch, FollowedJob Entry)> unknown = [];
        foreach (var id in request.Again)
        {
            var (watch, entry, isNew, end) = Follow(request.Watcher, id);
            if (end is not null) ended.Add(end);

            // The end of one that is watched already cannot have been missed.
            else if (isNew) unknown.Add((id, watch, entry));
        }

        foreach (var id in request.Jobs)
        {
            // A second wait for a job finds what is stored, and nothing else.
            var (watch, entry, isNew, _) = Follow(request.Watcher, id, anew: true);
            if (isNew) unknown.Add((id, watch, entry));
        }

        await Task.WhenAll(unknown.Select(job => LookAsync(job.Id, job.Watch, job.Entry))).ConfigureAwait(false);
        return new WatchReply { Ended = [.. ended], Missing = [.. missing] };

        async Task LookAsync(JobId id, JobWatch watch, FollowedJob entry)
        {
            JobSnapshot? job;
            try
            {
                job = await find(id).ConfigureAwait(false);
            }
            catch
            {
                // Asked again, it has to be looked for again.
                watch.Forget(id, entry);
                throw;
            }

            if (job?.State.IsFinal() == false) return;

            // Somebody else tells of it. An end that is told twice could be taken for the next one, if the job is retried in between.
            if (!watch.Forget(id, entry)) return;
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

    private (JobWatch Watch, FollowedJob Entry, bool IsNew, JobSnapshot? End) Follow(
        IJobWatcher watcher, JobId id, bool keepsEnd = false, bool anew = false)
    {
        while (true)
        {
            var watch = _watches.GetOrAdd(watcher, static (watcher, all) => new JobWatch(watcher, all.Waiters, () => all.MustArrive), this);
            if (watch.Follow(id, keepsEnd, anew) is { } followed) return (watch, followed.Entry, followed.IsNew, followed.End);
            _watches.TryRemove(new KeyValuePair<IJobWatcher, JobWatch>(watcher, watch));
        }
    }
}
