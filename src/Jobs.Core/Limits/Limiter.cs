using System.Collections.Concurrent;

namespace Jobs.Core;

/// <summary>
/// Counts what the limits allow, for all partitions of a process. One lock guards all of it: what is done under it is little, and a job that
/// several limits hold for takes room in all of them or in none.
/// </summary>
/// <param name="clock">The time.</param>
/// <param name="registry">Tells which names are one task.</param>
internal sealed class Limiter(TimeProvider clock, TaskRegistry registry) : IDisposable
{
    /// <summary>A timer counts elapsed time and not the clock's, so it looks again now and then in case the clock was set forward.</summary>
    internal static readonly TimeSpan LongestTimer = TimeSpan.FromSeconds(30);

    private const int FewBuckets = 1_024;

    private readonly Dictionary<(string Name, string Key), LimitBucket> _buckets = [];
    private readonly ConcurrentDictionary<PartitionKey, LimitAccount> _accounts = new();
    private readonly DateTimeOffset _knownSince = clock.GetUtcNow();
    private volatile LimitView _view = LimitView.None;
    private int _sweepAt = FewBuckets;

    internal Lock Gate { get; } = new();

    internal TimeProvider Clock => clock;

    /// <summary>Whoever shares the limits out; null, the default, for a process that has them to itself. Set before anything is counted.</summary>
    internal ILimitSource? Source { get; set; }

    internal DateTimeOffset Now => clock.GetUtcNow();

    internal LimitView View => _view;

    /// <summary>How many counts are kept.</summary>
    internal int Buckets => _buckets.Count;

    /// <summary>Goes by the limits as they are stored now. Partitions have to be woken after.</summary>
    internal void Update(IReadOnlyList<StoredSetting> settings) => Show([.. StoredLimit.AllOf(settings)]);

    /// <summary>Asks anew which names are one task.</summary>
    internal void RegistryChanged()
    {
        if (!_view.IsEmpty) Show(_view.All);
    }

    /// <summary>The account of a partition that is opened; one before it gives its places to this one at the first count.</summary>
    internal LimitAccount Open(PartitionKey partition, Action<LimitBucket> hasRoom)
    {
        var account = new LimitAccount(this, partition, hasRoom);
        if (_accounts.TryGetValue(partition, out var before)) account.Follow(before);
        _accounts[partition] = account;
        return account;
    }

    /// <summary>Gives back what the jobs of a partition hold, because they are somebody else's now.</summary>
    internal void Leave(PartitionKey partition)
    {
        if (_accounts.TryRemove(partition, out var account)) account.Leave();
    }

    /// <summary>The same, unless the partition was opened again since.</summary>
    internal void Leave(PartitionKey partition, LimitAccount account)
    {
        if (_accounts.TryRemove(KeyValuePair.Create(partition, account))) account.Leave();
    }

    /// <summary>The bucket of a limit and key if it is known here. Called under the lock.</summary>
    internal LimitBucket? Find(string name, string key) => _buckets.GetValueOrDefault((name, key));

    /// <summary>All that is counted. Called under the lock.</summary>
    internal IReadOnlyCollection<LimitBucket> AllBuckets => _buckets.Values;

    /// <summary>The name of a limit that has no room for a job now; null if there is none.</summary>
    internal string? WhatHolds(JobRecord job)
    {
        if (_view.IsEmpty) return null;
        lock (Gate) return Array.Find(BucketsOf(job), bucket => !bucket.HasRoom)?.Name;
    }

    /// <summary>What counts a job, those for its key first. Called under the lock.</summary>
    internal LimitBucket[] BucketsOf(JobRecord job)
    {
        var limits = _view.Of(job.Terms.Queue, job.Terms.Task);
        if (limits.Length == 0) return [];
        if (_buckets.Count >= _sweepAt) Sweep();
        var key = job.Terms.LimitKey;
        return [.. limits.Where(l => !l.Limit.PerKey || key is not null).Select(l => BucketOf(l, l.Limit.PerKey ? key! : ""))];
    }

    /// <summary>Forgets that a partition waits for anything.</summary>
    internal void Forget(LimitAccount account)
    {
        lock (Gate)
        {
            foreach (var bucket in _buckets.Values) bucket.Forget(account);
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            foreach (var bucket in _buckets.Values) bucket.Dispose();
            _buckets.Clear();
        }
    }

    private void Show(IReadOnlyList<StoredLimit> limits)
    {
        lock (Gate)
        {
            _view = limits.Count == 0 ? LimitView.None : new LimitView(limits, registry);
            var stored = limits.ToDictionary(l => l.Limit.Name, StringComparer.Ordinal);
            foreach (var bucket in _buckets.Values) bucket.Change(stored.GetValueOrDefault(bucket.Name), _knownSince);
            Sweep();
        }
    }

    private LimitBucket BucketOf(StoredLimit limit, string key)
    {
        if (_buckets.TryGetValue((limit.Limit.Name, key), out var bucket)) return bucket;
        bucket = new LimitBucket(this, limit.Limit.Name, key);
        bucket.Change(limit, _knownSince);
        _buckets.Add((limit.Limit.Name, key), bucket);
        return bucket;
    }

    /// <summary>Forgets what counts nothing, because there may be a bucket for every key that ever was.</summary>
    private void Sweep()
    {
        foreach (var (of, bucket) in _buckets.Where(b => b.Value.IsIdle).ToList())
        {
            bucket.Dispose();
            _buckets.Remove(of);
        }

        _sweepAt = Math.Max(FewBuckets, 2 * _buckets.Count);
    }
}
