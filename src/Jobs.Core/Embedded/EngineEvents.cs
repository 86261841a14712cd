namespace Jobs.Core;

/// <summary>Passes on what happens to whoever wants to hear of it: waiters, observers, OnExhausted, the drain.</summary>
internal sealed class EngineEvents : IPartitionEvents
{
    private readonly EngineSettings _settings;
    private readonly ResultWaiters _waiters;
    private readonly JobsMetrics _metrics;
    private readonly EngineHealth _health;
    private readonly Func<QueueName, JobQueue?> _findQueue;
    private readonly Action<PartitionRunner> _lost;
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _callbacks = [];
    private TaskCompletionSource? _handlerEnded;

    internal EngineEvents(
        EngineSettings settings, ResultWaiters waiters, JobsMetrics metrics, EngineHealth health, Func<QueueName, JobQueue?> findQueue,
        Action<PartitionRunner> lost)
    {
        _settings = settings;
        _waiters = waiters;
        _metrics = metrics;
        _health = health;
        _findQueue = findQueue;
        _lost = lost;
        StartedHook = settings.Observers.Count == 0 ? null : job => Tell(job, static (observer, snapshot) => observer.Started(snapshot));
    }

    internal Action<JobRecord>? StartedHook { get; }

    /// <summary>Who hears what concerns workers in other processes; null if there are none.</summary>
    internal IPartitionWorkers? Workers { get; init; }

    public void Committed(JobTransition transition, JobEvent? happened)
    {
        var (before, after) = (transition.Before, transition.After);
        if (before is null) _metrics.Enqueued(after!);
        else Changed(before, after, transition.Ends, happened);
        if (transition.Ends) _waiters.Complete(transition);
        else if (before?.State.IsFinal() == true) _waiters.Renew(before.Id);
        JobLog.Told(_settings.Log, before, after, happened);
        if (_settings.OnExhausted.Count > 0) CallOnExhausted(before, after);
        if (_settings.Observers.Count > 0) TellObservers(before, after, happened);
    }

    public bool IsAwaited(JobRecord job) => _waiters.Has(job.Id) || _findQueue(job.Terms.Queue)?.HasWaiters == true;

    public void PartitionEmpty(PartitionKey partition)
    {
        foreach (var observer in _settings.Observers) Guarded(() => observer.QueueEmpty(partition.Queue));
    }

    public void StopHandler(PartitionKey partition, JobId id) => _findQueue(partition.Queue)?.Worker?.Find(id)?.Stop(CancelReason.JobEnded);

    public void PartitionFailed(PartitionKey partition, Exception error)
    {
        WorkerLog.PartitionFailed(_settings.Log, error, partition);
        _health.Report(JobsLoop.Partition, partition, error);
        _metrics.WorkerError();
        foreach (var observer in _settings.Observers) Guarded(() => observer.WorkerError(error));
    }

    public void Tried(JobsLoop loop, PartitionKey partition, Exception? error) => _health.Report(loop, partition, error);

    public void Unwritten(JobRecord running, JobEvent happened)
    {
        if (Workers is { } workers) workers.Unwritten(running, happened);
        else _findQueue(running.Terms.Queue)?.Seats[running.Id.Partition].Report(running, happened);
    }

    public void WorkerSilent(string worker) => Workers?.WorkerSilent(worker);

    public void WorkLeft(PartitionKey partition) => Workers?.WorkLeft(partition);

    public void Nudge(PartitionKey partition, string worker) => Workers?.Nudge(partition, worker);

    public void Lost(PartitionRunner runner)
    {
        var error = new InvalidOperationException($"The partition {runner.Key} was lost and has to be opened anew.");
        _health.Lost(runner.Key, error);
        _metrics.WorkerError();
        foreach (var observer in _settings.Observers) Guarded(() => observer.WorkerError(error));
        _lost(runner);
    }

    /// <summary>Waits until a condition on the running handlers holds; false if the time was over first.</summary>
    internal async Task<bool> WaitForHandlersAsync(Func<bool> holds, TimeSpan time, CancellationToken cancellation)
    {
        using var over = new CancellationTokenSource(Times.ForTimer(time), _settings.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellation);
        while (true)
        {
            // All who wait at the same time wait for the same signal.
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var ended = Interlocked.CompareExchange(ref _handlerEnded, fresh, null) ?? fresh;
            if (holds()) return true;
            try
            {
                await ended.Task.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return holds();
            }
        }
    }

    internal void SignalHandlerEnded()
    {
        if (Volatile.Read(ref _handlerEnded) is not null) Interlocked.Exchange(ref _handlerEnded, null)?.TrySetResult();
    }

    internal async Task WhenCallbacksDoneAsync(TimeSpan time)
    {
        Task all;
        lock (_gate) all = Task.WhenAll(_callbacks);
        await Task.WhenAny(all, Task.Delay(Times.ForTimer(time), _settings.Clock)).ConfigureAwait(false);
    }

    private void Changed(JobRecord before, JobRecord? after, bool ends, JobEvent? happened)
    {
        _metrics.Changed(before, after, happened);
        if (ends) _findQueue(before.Terms.Queue)?.Release(1);
        else if (before.State.IsFinal() && after is not null && !after.State.IsFinal()) _findQueue(before.Terms.Queue)?.Add(1);
    }

    private void CallOnExhausted(JobRecord? before, JobRecord? after)
    {
        if (before is null || before.State.IsFinal() || after is null) return;
        var exhausted = after.State is JobState.Dead || (after.State is JobState.Discarded && after.NextAttempt > after.Terms.MaxAttempts);
        if (!exhausted || !_settings.OnExhausted.TryGetValue(after.Terms.Task, out var callback)) return;
        var snapshot = after.ToSnapshot();
        var running = Task.Run(async () =>
        {
            try
            {
                await callback(snapshot).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                WorkerLog.OnExhaustedFailed(_settings.Log, e, snapshot.Task, snapshot.Id);
            }
        });
        lock (_gate) _callbacks.Add(running);
        _ = running.ContinueWith(
            done =>
            {
                lock (_gate) _callbacks.Remove(done);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void TellObservers(JobRecord? before, JobRecord? after, JobEvent? happened)
    {
        if (after is null) return;
        if (before is null)
        {
            Tell(after, static (observer, job) => observer.Enqueued(job));
            return;
        }

        switch (after.State)
        {
            case JobState.Completed: Tell(after, static (observer, job) => observer.Completed(job)); break;
            case JobState.Dead: Tell(after, static (observer, job) => observer.Dead(job)); break;
            case JobState.Cancelled: Tell(after, static (observer, job) => observer.Cancelled(job)); break;
            case JobState.Discarded: Tell(after, static (observer, job) => observer.Discarded(job)); break;
            case JobState.Retrying when happened is JobEvent.Failed: Tell(after, static (observer, job) => observer.WillRetry(job, job.LastError!)); break;
            case JobState.Scheduled or JobState.Pending when happened is JobEvent.Snoozed:
                Tell(after, static (observer, job) => observer.Rescheduled(job));
                break;
        }
    }

    private void Tell(JobRecord job, Action<IJobObserver, JobSnapshot> tell)
    {
        var snapshot = job.ToSnapshot();
        foreach (var observer in _settings.Observers) Guarded(() => tell(observer, snapshot));
    }

    private void Guarded(Action call)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            WorkerLog.ObserverFailed(_settings.Log, e);
        }
    }
}
