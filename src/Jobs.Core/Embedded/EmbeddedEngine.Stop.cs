namespace Jobs.Core;

/// <content>Stopping in order (D7).</content>
public sealed partial class EmbeddedEngine
{
    /// <summary>How long a stop waits for a commit that is under way; a store that takes longer is taken to be away.</summary>
    private static readonly TimeSpan LongestCommit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Takes no new jobs, lets running ones finish for the drain time, then tells their handlers to stop and gives the rest back without
    /// using an attempt. What has finished is committed before this returns. A second call does nothing.
    /// </summary>
    /// <param name="cancellation">Ends the drain time early.</param>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        // A start that waits for the store would wait on, and this with it.
        await _startGivenUp.CancelAsync().ConfigureAwait(false);
        await _lifecycle.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (_state is EngineState.Stopped) return;
            if (_state is EngineState.Running)
            {
                _state = EngineState.Draining;
                await _takingOver.CancelAsync().ConfigureAwait(false);
                await StopSchedulesAsync().ConfigureAwait(false);
                var listeners = Listeners.StopAsync(_settings.DrainTime);
                await DrainAsync(cancellation).ConfigureAwait(false);
                await listeners.ConfigureAwait(false);
            }

            _state = EngineState.Stopped;
            await CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    private IEnumerable<RunningJob> RunningJobs() => _queues.Values.Where(q => q.Worker is not null).SelectMany(q => q.Worker!.Running);

    private async Task DrainAsync(CancellationToken cancellation)
    {
        foreach (var queue in _queues.Values) queue.Worker?.StopTaking();
        await PassBarrierAsync().ConfigureAwait(false);
        await StopInboxAsync().ConfigureAwait(false);
        var running = RunningJobs().Count();
        if (running > 0) WorkerLog.Draining(_settings.Log, running, _settings.DrainTime.TotalSeconds);
        if (!await _events.WaitForHandlersAsync(() => !RunningJobs().Any(), _settings.DrainTime, cancellation).ConfigureAwait(false))
        {
            WorkerLog.DrainTimeOver(_settings.Log, RunningJobs().Count());
            foreach (var job in RunningJobs()) job.Stop(CancelReason.Drain);
            await _events.WaitForHandlersAsync(() => !RunningJobs().Any(), _settings.StopTime, CancellationToken.None).ConfigureAwait(false);
        }

        foreach (var job in RunningJobs())
        {
            WorkerLog.HandlerAbandoned(_settings.Log, job.Id, job.Task);
            Report(job, new JobEvent.GivenBack(), taskHasLimit: false);
        }

        await UnlessStoreIsAwayAsync(FlushAsync()).ConfigureAwait(false);
        await SettleAsync().ConfigureAwait(false);
        await _events.WhenCallbacksDoneAsync(_settings.StopTime).ConfigureAwait(false);
    }

    /// <summary>Returns when every partition has worked through what was posted to it before.</summary>
    private async Task PassBarrierAsync()
    {
        foreach (var runner in _queues.Values.SelectMany(q => q.Partitions))
        {
            var barrier = new PartitionMail.Barrier();
            runner.Post(barrier);
            await barrier.Passed.ConfigureAwait(false);
        }
    }

    /// <summary>Returns when every outcome that was reported before is committed and published.</summary>
    private async Task FlushAsync()
    {
        // The first barrier sees the outcomes staged, the second one submitted; the third one sees the commits published.
        await PassBarrierAsync().ConfigureAwait(false);
        await PassBarrierAsync().ConfigureAwait(false);
        await _pipeline.WhenIdleAsync().ConfigureAwait(false);
        await PassBarrierAsync().ConfigureAwait(false);
    }

    /// <summary>Returns when nothing is on its way to the store; what the store fails on is tried again for the stop time.</summary>
    private async Task SettleAsync()
    {
        var runners = _queues.Values.SelectMany(q => q.Partitions).ToList();
        var quiet = Task.WhenAll(runners.Select(runner =>
        {
            var mail = new PartitionMail.Quiet();
            runner.Post(mail);
            return mail.Reached;
        }));
        try
        {
            await quiet.WaitAsync(Times.ForTimer(_settings.StopTime), _settings.Clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            foreach (var runner in runners) runner.Post(PartitionMail.GiveUp.Instance);
            await UnlessStoreIsAwayAsync(quiet).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for what needs the store; if it is away, a stop must not last until it is back.</summary>
    private async Task UnlessStoreIsAwayAsync(Task task)
    {
        try
        {
            // By the system's clock: what is waited for is a database, which knows no other one.
            await task.WaitAsync(LongestCommit, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            WorkerLog.StoreGivenUp(_settings.Log, LongestCommit.TotalSeconds);
            await _storeGivenUp.CancelAsync().ConfigureAwait(false);
            await task.ConfigureAwait(false);
        }
    }

    private async Task CloseAsync()
    {
        _settings.Registry.Changed -= OnHandlersChanged;
        foreach (var registration in _settings.Registry.All) registration.Task.Unbind(Client);
        if (_pruneTimer is not null) await _pruneTimer.DisposeAsync().ConfigureAwait(false);
        await StopOwningAsync().ConfigureAwait(false);
        foreach (var queue in _queues.Values) queue.Close();
        foreach (var runner in _queues.Values.SelectMany(q => q.Partitions)) await runner.DisposeAsync().ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
        Waiters.FailAll(new ServiceStoppedException("wait for jobs"));
    }
}
