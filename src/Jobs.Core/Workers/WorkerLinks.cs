using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>What the workers of a process have with partitions that are elsewhere. Safe for many threads.</summary>
/// <param name="id">The process's id as a worker.</param>
/// <param name="workerOf">The worker of a queue; null if this process runs none of its jobs.</param>
/// <param name="offer">What a worker can do.</param>
/// <param name="gate">The way to the owners.</param>
/// <param name="times">How often and how long links try.</param>
/// <param name="log">Where it is written that owners cannot be reached.</param>
internal sealed class WorkerLinks(
    string id, Func<QueueName, ILinkedWorker?> workerOf, Func<ILinkedWorker, WorkerOffer> offer, IPartitionGate gate, LinkTimes times, ILogger log)
{
    private readonly ConcurrentDictionary<PartitionKey, LinkLoop> _loops = new();
    private readonly Lock _gate = new();
    private bool _isStopped;

    internal string Id { get; } = id;

    internal IEnumerable<LinkLoop> All => _loops.Values;

    /// <summary>Begins to report to a partition, or has the link there is report now; null if this process runs none of its jobs, or stops.</summary>
    internal LinkLoop? Reach(PartitionKey partition, bool thereIsWork)
    {
        if (workerOf(partition.Queue) is not { } worker) return null;
        LinkLoop loop;
        lock (_gate)
        {
            if (!_loops.TryGetValue(partition, out loop!))
            {
                // One that is there is asked to the end: it has what was not told yet.
                if (_isStopped) return null;
                loop = new LinkLoop(new WorkerLink(partition, Id, () => offer(worker), worker), gate, times, log);
                _loops[partition] = loop;
                if (thereIsWork) loop.Link.Nudged();
                loop.Start(ended => Remove(partition, ended));
                return loop;
            }
        }

        if (thereIsWork) loop.Link.Nudged();
        loop.Signal();
        return loop;
    }

    /// <summary>The link to a partition; null if there is none.</summary>
    internal LinkLoop? Find(PartitionKey partition) => _loops.GetValueOrDefault(partition);

    /// <summary>Tells a partition elsewhere how an attempt ended.</summary>
    internal void Ended(JobRecord job, JobEvent happened)
    {
        lock (_gate)
        {
            if (!_loops.TryGetValue(job.Partition, out var loop) && (loop = Reach(job.Partition, thereIsWork: false)) is null) return;
            loop.Link.Ended(job, happened);
            loop.Signal();
        }
    }

    /// <summary>A link has ended by itself because it was idle; what came at that moment goes on over a new one.</summary>
    private void Remove(PartitionKey partition, LinkLoop ended)
    {
        lock (_gate)
        {
            if (!_loops.TryRemove(new KeyValuePair<PartitionKey, LinkLoop>(partition, ended)) || ended.Link.IsAtRest) return;
            if (Reach(partition, thereIsWork: false) is not { } next) return;
            next.Link.Adopt(ended.Link.Close());
            next.Signal();
        }
    }

    /// <summary>A slot has become free: partitions that had more jobs hear of it.</summary>
    /// <param name="queue">The queue whose slot it was.</param>
    /// <param name="taskHasLimit">Whether a slot of a task is free too, which may be of use to any queue.</param>
    internal void SlotFreed(QueueName queue, bool taskHasLimit)
    {
        foreach (var (partition, loop) in _loops)
        {
            if (loop.Link.HasMore && (taskHasLimit || partition.Queue == queue)) loop.Signal();
        }
    }

    /// <summary>Has all of them report, because what this process can do has changed.</summary>
    internal void SignalAll()
    {
        foreach (var loop in _loops.Values) loop.Signal();
    }

    /// <summary>Ends a link, because this process has the partition itself; returns the ends that no owner has acknowledged.</summary>
    internal IReadOnlyList<WorkerOutcome> End(PartitionKey partition)
    {
        lock (_gate)
        {
            if (!_loops.TryRemove(partition, out var loop)) return [];
            loop.Stop();
            return loop.Link.Close();
        }
    }

    /// <summary>Says nothing to anybody from now on, as if the process were gone.</summary>
    internal void Abandon()
    {
        lock (_gate) _isStopped = true;
        foreach (var loop in _loops.Values)
        {
            loop.Stop();
            loop.Link.Close();
        }

        _loops.Clear();
    }

    /// <summary>Tells all owners what is left to tell, and ends the links; gives up when the time is over.</summary>
    internal async Task StopAsync(TimeSpan time)
    {
        lock (_gate) _isStopped = true;
        using var over = new CancellationTokenSource(time, TimeProvider.System);
        await Task.WhenAll(_loops.Values.Select(loop => loop.FlushAsync(over.Token))).ConfigureAwait(false);
        _loops.Clear();
    }
}
