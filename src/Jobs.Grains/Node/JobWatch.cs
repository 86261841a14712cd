using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Grains.Node;

/// <summary>The jobs that one process waits for. It is told of all that have ended meanwhile in one message.</summary>
/// <param name="watcher">The process.</param>
/// <param name="waiters">Where ends come from.</param>
/// <param name="mustArrive">Whether what is told counts as told only when the process has said that it has come.</param>
internal sealed class JobWatch(IJobWatcher watcher, ResultWaiters waiters, Func<bool> mustArrive)
{
    private const int MaxJobsPerMessage = 1000;
    private const int MaxBytesPerMessage = 4 * 1024 * 1024;
    private const int MaxKeptEnds = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<JobId, FollowedJob> _followed = [];
    private readonly Queue<JobId> _kept = new();
    private List<JobSnapshot> _ended = [];
    private bool _isTelling;
    private bool _isGone;

    /// <summary>True if everything that has ended has been told.</summary>
    internal bool IsTold
    {
        get
        {
            lock (_gate) return !_isTelling && !_followed.Values.Any(followed => followed.IsAboutToBeTold);
        }
    }

    /// <summary>Follows a job from now on, or for longer; null once nobody watches here any more.</summary>
    /// <param name="id">The job.</param>
    /// <param name="keepsEnd">Whether its end is kept for a while after it was told, because the store may not have it.</param>
    /// <param name="anew">Whether an end that is kept is of no interest: it was told, and the job may have been retried since.</param>
    /// <returns>The entry; whether it was not followed before; its end, if that has come and is kept.</returns>
    internal (FollowedJob Entry, bool IsNew, JobSnapshot? End)? Follow(JobId id, bool keepsEnd, bool anew)
    {
        FollowedJob followed;
        lock (_gate)
        {
            if (_isGone) return null;
            if (_followed.TryGetValue(id, out var known) && anew && known.End is not null) _followed.Remove(id);
            else if (known is not null)
            {
                known.AskedAt = TimeProvider.System.GetTimestamp();
                return (known, false, known.End);
            }

            followed = new FollowedJob(waiters.Join(id).Ending, keepsEnd) { AskedAt = TimeProvider.System.GetTimestamp() };
            _followed.Add(id, followed);
        }

        _ = TellAsync(id, followed);
        return (followed, true, null);
    }

    /// <summary>Follows a job no longer; false if it was not followed, or its end is known already.</summary>
    /// <param name="id">The job.</param>
    /// <param name="only">The entry, if it must not be a later one.</param>
    internal bool Forget(JobId id, FollowedJob? only = null)
    {
        lock (_gate)
        {
            if (!_followed.TryGetValue(id, out var followed) || followed.End is not null || (only ?? followed) != followed) return false;
            _followed.Remove(id);
        }

        waiters.Leave(id);
        return true;
    }

    /// <summary>Gives up the jobs of a partition that have not ended here, and has the watcher ask elsewhere for them.</summary>
    internal void Leave(Func<JobId, bool> concerns)
    {
        JobId[] left;
        lock (_gate)
        {
            left = [.. _followed.Where(f => f.Value is { End: null, IsAboutToBeTold: false } && concerns(f.Key)).Select(f => f.Key)];
            foreach (var id in left) _followed.Remove(id);
        }

        foreach (var id in left) waiters.Leave(id);
        if (left.Length > 0) _ = SendAsync(() => watcher.AskAgainAsync(left));
    }

    /// <summary>Forgets jobs that were not asked for in time; true if none is left, and none will be followed here any more.</summary>
    internal bool Sweep(TimeSpan keptFor)
    {
        List<JobId> over = [];
        lock (_gate)
        {
            foreach (var (id, followed) in _followed)
            {
                if (TimeProvider.System.GetElapsedTime(followed.AskedAt) < keptFor) continue;
                _followed.Remove(id);
                if (followed.End is null) over.Add(id);
            }

            _isGone = _followed.Count == 0 && !_isTelling;
        }

        foreach (var id in over) waiters.Leave(id);
        return _isGone;
    }

    private async Task TellAsync(JobId id, FollowedJob followed)
    {
        JobSnapshot job;
        try
        {
            job = await followed.Ending.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The silo stops; the next owner is asked.
            if (Forget(id, followed)) await SendAsync(() => watcher.AskAgainAsync([id])).ConfigureAwait(false);
            return;
        }

        lock (_gate)
        {
            if (_followed.GetValueOrDefault(id) != followed || followed.End is not null) return;
            Keep(followed, job);
            waiters.Leave(id);
            _ended.Add(job);
            if (_isTelling) return;
            _isTelling = true;
        }

        await TellAllAsync().ConfigureAwait(false);
    }

    /// <summary>The message may be lost; what the store may not have stays here until the watcher has had time to ask.</summary>
    private void Keep(FollowedJob followed, JobSnapshot end)
    {
        if (!followed.KeepsEnd)
        {
            _followed.Remove(end.Id);
            return;
        }

        followed.End = end;
        _kept.Enqueue(end.Id);
        if (_kept.Count > MaxKeptEnds && _followed.TryGetValue(_kept.Peek(), out var oldest) && oldest.End is not null) _followed.Remove(_kept.Peek());
        if (_kept.Count > MaxKeptEnds) _kept.Dequeue();
    }

    /// <summary>What ends while a message is made goes with the next one.</summary>
    private async Task TellAllAsync()
    {
        await Task.Yield();
        while (true)
        {
            List<JobSnapshot> ended;
            lock (_gate)
            {
                if (_ended.Count == 0)
                {
                    _isTelling = false;
                    return;
                }

                ended = _ended;
                _ended = [];
            }

            foreach (var message in Messages(ended)) await TellAsync(message).ConfigureAwait(false);
        }
    }

    private async Task TellAsync(JobSnapshot[] ended)
    {
        // A watcher of an older version knows no last ends.
        if (mustArrive() && await SendAsync(() => watcher.EndedLastAsync(ended)).ConfigureAwait(false)) return;
        await SendAsync(() => watcher.EndedAsync(ended)).ConfigureAwait(false);
    }

    private static IEnumerable<JobSnapshot[]> Messages(List<JobSnapshot> ended)
    {
        var (start, bytes) = (0, 0);
        for (var i = 0; i < ended.Count; i++)
        {
            var size = ended[i].Payload.Length + (ended[i].Result?.Length ?? 0);
            if (i > start && (i - start >= MaxJobsPerMessage || bytes + size > MaxBytesPerMessage))
            {
                yield return [.. ended[start..i]];
                (start, bytes) = (i, 0);
            }

            bytes += size;
        }

        yield return start == 0 ? [.. ended] : [.. ended[start..]];
    }

    private static async Task<bool> SendAsync(Func<Task> send)
    {
        try
        {
            await send().ConfigureAwait(false);
            return true;
        }
        catch (Exception)
        {
            // The watcher asks again, if it lives.
            return false;
        }
    }
}
