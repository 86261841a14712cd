namespace Jobs.Core;

/// <content>
/// How full the queue is, and those who wait for room. A small enqueue may take room that is too little for a larger one that waits, but only
/// as many times over as fills the queue once; then it waits behind that one, which would otherwise never find enough.
/// </content>
internal sealed partial class JobQueue
{
    /// <summary>Those behind the first one who are looked at when there is room.</summary>
    private const int MaxLooksBehind = 64;

    private readonly LinkedList<RoomWaiter> _waiting = new();
    private int _waiters;

    /// <summary>True while somebody waits for room.</summary>
    internal bool HasWaiters => Volatile.Read(ref _waiters) > 0;

    /// <summary>Takes room for jobs, or waits for it as the options say.</summary>
    internal async ValueTask ReserveAsync(int jobs, TimeProvider clock, CancellationToken cancellation)
    {
        if (jobs > Options.CapacityJobs) throw Busy();
        if (TryReserve(jobs)) return;
        if (Options.WhenFull is FullQueue.Throw || Options.WaitForRoom == TimeSpan.Zero) throw Busy();
        var waiter = Wait(jobs);
        using var time = new CancellationTokenSource(Times.ForTimer(Options.WaitForRoom), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellation);
        try
        {
            await waiter.Granted.Task.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Room that came at this very moment is given back, or taken: whoever cancels does not want it any more.
            var gaveUp = GiveUp(waiter);
            if (!gaveUp && cancellation.IsCancellationRequested) Release(jobs);
            if (cancellation.IsCancellationRequested) throw;
            if (gaveUp) throw Busy();
        }
    }

    internal void Release(int jobs)
    {
        Interlocked.Add(ref _unfinished, -jobs);
        if (Volatile.Read(ref _waiters) > 0) GrantRoom();
    }

    /// <summary>Ends the waiting of everybody who waits for room or for an owner, now and later.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var waiter in _waiting) waiter.Granted.TrySetException(new ServiceStoppedException("enqueue jobs"));
            _waiting.Clear();
            Volatile.Write(ref _waiters, 0);
            _seated.TrySetResult();
        }
    }

    private bool TryReserve(int jobs)
    {
        if (Volatile.Read(ref _waiters) == 0) return TryTake(jobs);
        lock (_gate) return _waiting.First?.Value is { } first ? TryOvertake(first, jobs) : TryTake(jobs);
    }

    private RoomWaiter Wait(int jobs)
    {
        var waiter = new RoomWaiter(jobs);
        lock (_gate)
        {
            if (_closed) throw new ServiceStoppedException("enqueue jobs");
            _waiting.AddLast(waiter);

            // A full barrier: room that was made just before would otherwise go unnoticed.
            Interlocked.Increment(ref _waiters);
        }

        GrantRoom();
        return waiter;
    }

    /// <summary>False if the waiter has got its room already.</summary>
    private bool GiveUp(RoomWaiter waiter)
    {
        lock (_gate)
        {
            if (!_waiting.Remove(waiter)) return false;
            Interlocked.Decrement(ref _waiters);
        }

        // Others may have waited behind it only.
        GrantRoom();
        return true;
    }

    private void GrantRoom()
    {
        lock (_gate)
        {
            var looks = 0;
            for (var node = _waiting.First; node is not null && looks <= MaxLooksBehind;)
            {
                var (waiter, next, first) = (node.Value, node.Next, _waiting.First!.Value);
                if (ReferenceEquals(waiter, first) ? TryTake(waiter.Jobs) : TryOvertake(first, waiter.Jobs))
                {
                    _waiting.Remove(node);
                    Interlocked.Decrement(ref _waiters);
                    waiter.Granted.TrySetResult();
                }
                else if (!HasRoom(1))
                {
                    return;
                }
                else
                {
                    looks++;
                }

                node = next;
            }
        }
    }

    private bool TryOvertake(RoomWaiter first, int jobs)
    {
        if (first.Overtaken + jobs > Options.CapacityJobs || !TryTake(jobs)) return false;
        first.Overtaken += jobs;
        return true;
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

    /// <summary>Somebody who waits for room.</summary>
    /// <param name="jobs">For how many jobs.</param>
    private sealed class RoomWaiter(int jobs)
    {
        internal int Jobs => jobs;

        internal TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Jobs that were let in while it was the first to wait.</summary>
        internal long Overtaken { get; set; }
    }
}
