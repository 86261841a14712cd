namespace Jobs.Core;

/// <summary>A queue as this process serves it: its partitions, its worker, and how full it is.</summary>
internal sealed class JobQueue(QueueName name, QueueOptions options, IReadOnlyList<PartitionRunner> partitions, QueueWorker? worker, long unfinished)
{
    private readonly Lock _gate = new();
    private long _unfinished = unfinished;
    private TaskCompletionSource? _room;
    private uint _spread;
    private int _works;
    private bool _closed;

    internal QueueName Name { get; } = name;

    internal QueueOptions Options { get; } = options;

    internal IReadOnlyList<PartitionRunner> Partitions { get; } = partitions;

    internal QueueWorker? Worker { get; } = worker;

    /// <summary>Lets this process's worker have the queue's jobs; a second call does nothing.</summary>
    internal void StartWorking()
    {
        if (Worker is null || Interlocked.Exchange(ref _works, 1) == 1) return;
        foreach (var partition in Partitions) partition.AddSink(Worker);
    }

    /// <summary>The partition of a new job: that of its group, else each in turn.</summary>
    internal PartitionRunner Choose(string? groupKey)
    {
        if (Partitions.Count == 1) return Partitions[0];
        var number = groupKey is null ? Interlocked.Increment(ref _spread) : StableHash(groupKey);
        return Partitions[(int)(number % (uint)Partitions.Count)];
    }

    /// <summary>Takes room for jobs, or waits for it as the options say.</summary>
    internal async ValueTask ReserveAsync(int jobs, TimeProvider clock, CancellationToken cancellation)
    {
        if (jobs > Options.CapacityJobs) throw Busy();
        if (TryReserve(jobs, out var room)) return;
        if (Options.WhenFull is FullQueue.Throw || Options.WaitForRoom == TimeSpan.Zero) throw Busy();
        using var time = new CancellationTokenSource(Times.ForTimer(Options.WaitForRoom), clock);
        while (true)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellation);
            try
            {
                await room!.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw Busy();
            }

            if (TryReserve(jobs, out room)) return;
        }
    }

    /// <summary>Counts jobs that came back from their end; they are let in even when the queue is full.</summary>
    internal void Add(int jobs) => Interlocked.Add(ref _unfinished, jobs);

    internal void Release(int jobs)
    {
        Interlocked.Add(ref _unfinished, -jobs);
        if (Volatile.Read(ref _room) is null) return;
        TaskCompletionSource? room;
        lock (_gate)
        {
            room = _room;
            _room = null;
        }

        room?.TrySetResult();
    }

    /// <summary>Ends the waiting of everybody who waits for room, now and later.</summary>
    internal void Close()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            _closed = true;
            room = _room;
            _room = null;
        }

        room?.TrySetResult();
    }

    /// <summary>Wakes partitions that had a job and no slot for it. A queue's only partition is woken by the outcome itself.</summary>
    internal void WakeHungry(bool alsoOnlyPartition)
    {
        if (Partitions.Count == 1 && !alsoOnlyPartition) return;
        foreach (var partition in Partitions)
        {
            if (partition.IsHungry) partition.Post(PartitionMail.Wake.Instance);
        }
    }

    private static uint StableHash(string text) => text.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);

    private bool TryReserve(int jobs, out Task? room)
    {
        room = null;
        if (TryTake(jobs)) return true;
        lock (_gate)
        {
            if (_closed) throw new ServiceStoppedException("enqueue jobs");
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            room = _room.Task;
        }

        // Room that was made between the two looks would otherwise go unnoticed. The barrier keeps the second look behind the note above.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _unfinished) + jobs <= Options.CapacityJobs) Release(0);
        return false;
    }

    /// <summary>Counts jobs only if they fit: a large batch that does not must not be in the way of a small one that does.</summary>
    private bool TryTake(int jobs)
    {
        while (true)
        {
            var unfinished = Volatile.Read(ref _unfinished);
            if (unfinished + jobs > Options.CapacityJobs) return false;
            if (Interlocked.CompareExchange(ref _unfinished, unfinished + jobs, unfinished) == unfinished) return true;
        }
    }

    private QueueBusyException Busy() => new(Name, nameof(QueueOptions.CapacityJobs), Options.CapacityJobs);
}
