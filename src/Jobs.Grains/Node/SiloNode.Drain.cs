using Jobs.Core;

namespace Jobs.Grains.Node;

/// <content>Stopping in order (D7): what runs may finish, and what has finished is written.</content>
internal sealed partial class SiloNode
{
    /// <summary>How long a stop waits for a commit that is under way; a store that takes longer is taken to be away.</summary>
    private static readonly TimeSpan LongestCommit = TimeSpan.FromSeconds(10);

    private IReadOnlyList<HostedPartition> _drained = [];

    private IEnumerable<QueueWorker> Workers => _workers.Values.Select(w => w.Value).OfType<QueueWorker>();

    private IEnumerable<RunningJob> RunningJobs => Workers.SelectMany(w => w.Running);

    /// <summary>Takes no new jobs from now on, and returns when none is about to be started.</summary>
    internal async Task StopTakingAsync()
    {
        _isDraining = true;
        _drained = [.. _hosted.Values];
        foreach (var worker in Workers) worker.StopTaking();
        await PassBarrierAsync([.. _hosted.Values]).ConfigureAwait(false);
    }

    /// <summary>Returns when no handler runs a job of this partition, or when it is cancelled; true if none runs.</summary>
    internal Task<bool> WhenIdleAsync(HostedPartition hosted, CancellationToken cancellation) => _handlers.WaitForHandlersAsync(
        () => hosted.Queue.Worker?.Running.Any(job => job.Id.Partition == hosted.Key.Number) is not true, TimeSpan.MaxValue, cancellation);

    /// <summary>
    /// Lets running jobs finish for the drain time, then tells their handlers to stop and gives the rest back without using an attempt. The
    /// partitions are still served; their grains close them.
    /// </summary>
    internal async Task DrainAsync(CancellationToken cancellation)
    {
        var running = RunningJobs.Count();
        if (running > 0) WorkerLog.Draining(Settings.Log, running, Settings.DrainTime.TotalSeconds);
        if (!await _handlers.WaitForHandlersAsync(() => !RunningJobs.Any(), Settings.DrainTime, cancellation).ConfigureAwait(false))
        {
            WorkerLog.DrainTimeOver(Settings.Log, RunningJobs.Count());
            foreach (var job in RunningJobs) job.Stop(CancelReason.Drain);
            await _handlers.WaitForHandlersAsync(() => !RunningJobs.Any(), Settings.StopTime, CancellationToken.None).ConfigureAwait(false);
        }

        foreach (var job in RunningJobs)
        {
            WorkerLog.HandlerAbandoned(Settings.Log, job.Id, job.Task);
            Report(job, new JobEvent.GivenBack(), taskHasLimit: false);
        }

        var told = Links.StopAsync(Settings.StopTime);
        await UnlessStoreIsAwayAsync(FlushAsync([.. _hosted.Values])).ConfigureAwait(false);
        await SettleAsync([.. _hosted.Values]).ConfigureAwait(false);
        foreach (var hosted in _drained) await hosted.Events.WhenCallbacksDoneAsync(Settings.StopTime).ConfigureAwait(false);
        await told.ConfigureAwait(false);
    }

    /// <summary>Says that whoever opens the partitions next needs not expect that something runs here. Until then this silo may still write.</summary>
    internal async Task ReleaseAsync()
    {
        try
        {
            await Store.ReleaseAsync(_owner, CancellationToken.None).AsTask().WaitAsync(LongestCommit, TimeProvider.System).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whoever opens the partitions takes this silo for lost until it has looked.
            WorkerLog.StoreGivenUp(Settings.Log, LongestCommit.TotalSeconds);
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
            WorkerLog.StoreGivenUp(Settings.Log, LongestCommit.TotalSeconds);
            await _storeGivenUp.CancelAsync().ConfigureAwait(false);
            await task.ConfigureAwait(false);
        }
    }

    /// <summary>Returns when every outcome that was reported before is committed and published.</summary>
    private async Task FlushAsync(IReadOnlyList<HostedPartition> partitions)
    {
        // The first barrier sees the outcomes staged, the second one submitted; the third one sees the commits published.
        await PassBarrierAsync(partitions).ConfigureAwait(false);
        await PassBarrierAsync(partitions).ConfigureAwait(false);
        await _pipeline.WhenIdleAsync().ConfigureAwait(false);
        await PassBarrierAsync(partitions).ConfigureAwait(false);
    }

    private static async Task PassBarrierAsync(IReadOnlyList<HostedPartition> partitions)
    {
        foreach (var hosted in partitions)
        {
            var barrier = new PartitionMail.Barrier();
            hosted.Runner.Post(barrier);
            await barrier.Passed.ConfigureAwait(false);
        }
    }

    /// <summary>Returns when nothing is on its way to the store; what the store fails on is tried again for the stop time.</summary>
    internal async Task SettleAsync(IReadOnlyList<HostedPartition> partitions)
    {
        var runners = partitions.Select(hosted => hosted.Runner).ToList();
        var quiet = Task.WhenAll(runners.Select(runner =>
        {
            var mail = new PartitionMail.Quiet();
            runner.Post(mail);
            return mail.Reached;
        }));
        try
        {
            await quiet.WaitAsync(Times.ForTimer(Settings.StopTime), Clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            foreach (var runner in runners) runner.Post(PartitionMail.GiveUp.Instance);
            await UnlessStoreIsAwayAsync(quiet).ConfigureAwait(false);
        }
    }
}
