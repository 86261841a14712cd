namespace Jobs.Core;

/// <summary>What the running jobs of one partition take up of limits, and for which of them the partition waits. Safe for many threads.</summary>
/// <param name="limiter">The limits of the process.</param>
/// <param name="partition">The partition.</param>
/// <param name="hasRoom">Told, on a thread of the pool, that a place is kept for the partition until it calls <see cref="Settle"/>.</param>
internal sealed class LimitAccount(Limiter limiter, PartitionKey partition, Action<LimitBucket> hasRoom)
{
    private readonly Dictionary<JobId, LimitBucket[]> _held = [];
    private LimitAccount? _before;

    /// <summary>Changes when limits change; jobs that run are to be counted anew then, and what was shut is to be tried again.</summary>
    internal LimitView View => limiter.View;

    /// <summary>Takes room for a job in all limits that hold for it; null if it has room, or the one that has none and is waited for.</summary>
    internal LimitBucket? TryTake(JobRecord job)
    {
        if (limiter.View.IsEmpty) return null;
        lock (limiter.Gate)
        {
            var buckets = limiter.BucketsOf(job);
            foreach (var bucket in buckets)
            {
                if (bucket.HasRoomFor(this)) continue;
                bucket.Wait(this);
                return bucket;
            }

            foreach (var bucket in buckets) bucket.Take(this);
            if (buckets.Length > 0) _held[job.Id] = buckets;
            return null;
        }
    }

    /// <summary>Counts exactly these running jobs, whether or not there is room; how many have started in a time is not touched.</summary>
    internal void Recount(IEnumerable<JobRecord> running)
    {
        lock (limiter.Gate)
        {
            var before = _held.Values.ToList();
            _held.Clear();
            foreach (var job in running)
            {
                var buckets = limiter.BucketsOf(job);
                foreach (var bucket in buckets) bucket.Count();
                if (buckets.Length > 0) _held[job.Id] = buckets;
            }

            foreach (var bucket in before.SelectMany(b => b)) bucket.Release();

            // Until now the account before has kept these places, so that nobody else could take them.
            _before?.Leave();
            _before = null;
        }
    }

    /// <summary>Gives back what a job took that has run; nothing if it took nothing.</summary>
    internal void Release(JobId id)
    {
        if (_held.Count > 0) End(id, hasStarted: true);
    }

    /// <summary>Gives back what a job took that has not started after all.</summary>
    internal void GiveBack(JobId id)
    {
        if (_held.Count > 0) End(id, hasStarted: false);
    }

    /// <summary>The partition has looked at what it was told of, and has taken what it could use.</summary>
    internal void Settle(IEnumerable<LimitBucket> told)
    {
        lock (limiter.Gate)
        {
            foreach (var bucket in told) bucket.Decline(this);
        }
    }

    /// <summary>Waits for nothing any more. What its jobs hold stays counted until the partition is opened anew, or <see cref="Leave"/> is called.</summary>
    internal void Rest()
    {
        limiter.Forget(this);
    }

    /// <summary>Gives everything back.</summary>
    internal void Leave()
    {
        lock (limiter.Gate)
        {
            Rest();
            foreach (var bucket in _held.Values.SelectMany(b => b)) bucket.Release();
            _held.Clear();
            _before?.Leave();
            _before = null;
        }
    }

    /// <summary>Takes over the jobs of the same partition's account before, once they are counted here.</summary>
    internal void Follow(LimitAccount before) => _before = before;

    /// <summary>Called under the limiter's lock.</summary>
    internal void Promise(LimitBucket bucket) =>
        ThreadPool.UnsafeQueueUserWorkItem(static told => told.Account.Tell(told.Bucket), (Account: this, Bucket: bucket), preferLocal: false);

    public override string ToString() => partition.ToString();

    private void Tell(LimitBucket bucket) => hasRoom(bucket);

    private void End(JobId id, bool hasStarted)
    {
        lock (limiter.Gate)
        {
            if (!_held.Remove(id, out var buckets)) return;
            foreach (var bucket in buckets) bucket.Release(hasStarted);
        }
    }
}
