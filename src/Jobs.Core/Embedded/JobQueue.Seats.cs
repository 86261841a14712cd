namespace Jobs.Core;

/// <content>Which of the queue's partitions this process owns, and who waits for one to be owned.</content>
internal sealed partial class JobQueue
{
    private PartitionRunner[] _partitions = [];
    private TaskCompletionSource _seated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _works;

    /// <summary>All partitions of the queue, owned or not.</summary>
    internal IReadOnlyList<PartitionSeat> Seats { get; } = [.. Enumerable.Range(0, options.Partitions).Select(n => new PartitionSeat(new(name, n)))];

    /// <summary>The partitions that this process owns.</summary>
    internal IReadOnlyList<PartitionRunner> Partitions => Volatile.Read(ref _partitions);

    /// <summary>The partition with this number if this process owns it.</summary>
    internal PartitionRunner? Find(int number) => (uint)number < (uint)Seats.Count && Seats[number].Runner is { IsServing: true } runner ? runner : null;

    /// <summary>Lets this process's worker have the queue's jobs; a second call does nothing.</summary>
    internal void StartWorking()
    {
        PartitionRunner[] owned;
        lock (_gate)
        {
            if (Worker is null || _works) return;
            _works = true;
            owned = _partitions;
        }

        foreach (var partition in owned) partition.AddSink(Worker);
    }

    /// <summary>Serves a partition from now on.</summary>
    internal void Seat(PartitionSeat seat, PartitionRunner runner)
    {
        TaskCompletionSource seated;
        IReadOnlyList<PartitionMail> kept;
        bool works;
        lock (_gate)
        {
            kept = seat.Take(runner);
            _partitions = [.. Seats.Select(s => s.Runner).OfType<PartitionRunner>()];
            works = _works;
            seated = _seated;
            _seated = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_closed) _seated.TrySetResult();
        }

        // Outside the lock, because whoever posts may have to work for the partition.
        foreach (var mail in kept) runner.Post(mail);
        if (works) runner.AddSink(Worker!);
        seated.TrySetResult();
    }

    /// <summary>Serves a partition no more; false if another runner serves it already.</summary>
    internal bool Unseat(PartitionRunner runner)
    {
        lock (_gate)
        {
            if (!Seats[runner.Key.Number].Leave(runner)) return false;
            _partitions = [.. Seats.Select(s => s.Runner).OfType<PartitionRunner>()];
            return true;
        }
    }

    /// <summary>The partition of a new job: that of its group, else each in turn; null if this process does not own it, or owns none.</summary>
    internal PartitionRunner? Choose(string? groupKey)
    {
        if (Seats.Count == 1) return Find(0);
        if (groupKey is not null) return Find((int)(StableHash(groupKey) % (uint)Seats.Count));
        var owned = Partitions;
        for (var tries = 0; tries < owned.Count; tries++)
        {
            if (owned[(int)(Interlocked.Increment(ref _spread) % (uint)owned.Count)] is { IsServing: true } runner) return runner;
        }

        return null;
    }

    /// <summary>Waits until a partition is owned by this process.</summary>
    /// <param name="find">The partition; null while it is not owned.</param>
    /// <param name="patience">How long to wait for an owner who may be gone.</param>
    /// <param name="clock">The clock of that time.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="QueueOwnedElsewhereException">The time is over, and another process owns it.</exception>
    /// <exception cref="ServiceStoppedException">The time is over, and nobody owns it; or this process has stopped.</exception>
    internal async ValueTask<PartitionRunner> WaitForAsync(
        Func<PartitionRunner?> find, TimeSpan patience, TimeProvider clock, CancellationToken cancellation)
    {
        using var time = new CancellationTokenSource(Times.ForTimer(patience), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellation);
        while (true)
        {
            Task seated;
            lock (_gate)
            {
                if (_closed) throw new ServiceStoppedException("reach the queue");
                seated = _seated.Task;
            }

            if (find() is { } runner) return runner;
            try
            {
                await seated.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw Seats.Select(seat => seat.HeldBy).FirstOrDefault(held => held is not null) is { } owner
                    ? new QueueOwnedElsewhereException(Name, owner)
                    : new ServiceStoppedException($"serve the queue '{Name}': a partition was lost and cannot be opened again, and the log says why");
            }
        }
    }

    /// <summary>The hash that decides a group's partition, the same in every process.</summary>
    internal static uint StableHash(string text) => text.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);
}
