using System.Collections.Concurrent;
using Jobs.Grains.Contracts;

namespace Jobs.Client;

/// <summary>The questions for jobs of one partition. Those that come together go in one message.</summary>
internal sealed class WatchLane(IQueuePartition partition, ResultWatch watch) : IThreadPoolWorkItem
{
    private const int MaxJobsPerCall = 1000;

    private readonly ConcurrentQueue<JobId> _waiting = new();
    private int _isAsked;

    internal void Ask(JobId id)
    {
        _waiting.Enqueue(id);
        if (Interlocked.Exchange(ref _isAsked, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Exchange(ref _isAsked, 0);
        var ids = new List<JobId>();
        while (ids.Count < MaxJobsPerCall && _waiting.TryDequeue(out var id)) ids.Add(id);
        if (ids.Count == 0) return;
        if (!_waiting.IsEmpty && Interlocked.Exchange(ref _isAsked, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        _ = watch.AskAsync(partition, [.. ids]);
    }
}
