using System.Collections.Concurrent;

namespace Jobs.Core;

/// <summary>Those who wait for a job's end. A waiter costs an entry here and nothing else.</summary>
internal sealed class ResultWaiters
{
    private readonly ConcurrentDictionary<JobId, Entry> _entries = new();
    private int _count;
    private int _nextLook;
    private Exception? _closed;

    /// <summary>Keeps a place for a job that is about to be enqueued, so that its end cannot be missed.</summary>
    internal void Prepare(JobId id) => Take(id, static entry => entry.Prepared++);

    /// <summary>
    /// Has those who come from now on wait for the end of a new job with the id, or of the same one that is retried, once the end before was
    /// told; whoever waits for that one has it.
    /// </summary>
    internal void Renew(JobId id)
    {
        if (Volatile.Read(ref _count) == 0 || !_entries.TryGetValue(id, out var entry)) return;
        lock (entry)
        {
            if (entry is { Gone: false, Prepared: 0, Ending.Task.IsCompleted: true } && Volatile.Read(ref _closed) is null)
                entry.Ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>True if somebody waits for a job's end, or a place is kept for somebody.</summary>
    internal bool Has(JobId id) => Volatile.Read(ref _count) > 0 && _entries.ContainsKey(id);

    /// <summary>Gives up a place.</summary>
    internal void Leave(JobId id)
    {
        if (!_entries.TryGetValue(id, out var entry)) return;
        lock (entry)
        {
            if (--entry.Holders > 0) return;
            entry.Gone = true;
            if (_entries.TryRemove(new KeyValuePair<JobId, Entry>(id, entry))) Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>The end of a job, when it comes; the caller leaves afterwards.</summary>
    /// <returns>The end, and whether a place was kept for it: then it cannot have been missed.</returns>
    internal (Task<JobSnapshot> Ending, bool WasPrepared) Join(JobId id)
    {
        var wasPrepared = false;
        var entry = Take(id, entry =>
        {
            wasPrepared = entry.Prepared > 0;
            if (!wasPrepared) return;
            entry.Prepared--;
            entry.Holders--;
        });
        return (entry.Ending.Task, wasPrepared);
    }

    internal void Complete(JobTransition transition)
    {
        if (Volatile.Read(ref _count) == 0 || !_entries.TryGetValue(transition.Job.Id, out var entry)) return;
        entry.Ending.TrySetResult(EndOf(transition));
    }

    /// <summary>Some of the stored jobs that somebody waits for, other ones each time if there are more.</summary>
    internal IReadOnlyList<JobId> SomeOf(Func<JobId, bool> concerns, int maxIds)
    {
        if (Volatile.Read(ref _count) == 0) return [];
        var all = _entries
            .Where(entry => !entry.Value.Ending.Task.IsCompleted && entry.Value.Prepared == 0 && concerns(entry.Key))
            .Select(entry => entry.Key)
            .Order()
            .ToList();
        if (all.Count <= maxIds) return all;
        var start = _nextLook % all.Count;
        _nextLook = start + maxIds;
        return [.. all.Skip(start).Take(maxIds)];
    }

    /// <summary>Completes the waiters of a job whose end was found in the store, or fails them if it is not there any more.</summary>
    internal void Complete(JobId id, JobSnapshot? end)
    {
        if (!_entries.TryGetValue(id, out var entry)) return;
        if (end is null) entry.Ending.TrySetException(new JobNotFoundException(id));
        else entry.Ending.TrySetResult(end);
    }

    /// <summary>Fails whoever waits, and whoever comes later.</summary>
    internal void FailAll(Exception error)
    {
        Volatile.Write(ref _closed, error);
        Interlocked.MemoryBarrier();
        foreach (var entry in _entries.Values) entry.Ending.TrySetException(error);
    }

    private static JobSnapshot EndOf(JobTransition transition)
    {
        if (transition.After is { } after) return after.ToSnapshot();
        return transition.Before!.ToSnapshot() with { State = JobState.Discarded, Reason = "it was deleted" };
    }

    private Entry Take(JobId id, Action<Entry> note)
    {
        while (true)
        {
            var entry = _entries.GetOrAdd(id, static (_, waiters) =>
            {
                Interlocked.Increment(ref waiters._count);
                return new Entry();
            }, this);
            lock (entry)
            {
                if (entry.Gone) continue;
                entry.Holders++;
                note(entry);

                // Whoever comes while all are failed is either seen there or sees it here.
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref _closed) is { } closed) entry.Ending.TrySetException(closed);
                return entry;
            }
        }
    }

    private sealed class Entry
    {
        internal TaskCompletionSource<JobSnapshot> Ending { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal int Holders { get; set; }

        internal int Prepared { get; set; }

        internal bool Gone { get; set; }
    }
}
