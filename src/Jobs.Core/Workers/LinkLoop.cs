using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>
/// The one long-lived exchange of a worker with a partition elsewhere: one report at a time, when there is something to say, and now and then.
/// </summary>
internal sealed class LinkLoop(WorkerLink link, IPartitionGate gate, LinkTimes times, ILogger log)
{
    private volatile bool _isStopping;
    private readonly Lock _gate = new();
    private TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _heardAt = TimeProvider.System.GetTimestamp();
    private long _busyAt = TimeProvider.System.GetTimestamp();
    private Task _running = Task.CompletedTask;

    internal WorkerLink Link { get; } = link;

    /// <summary>Whether it goes on; one that has ended by itself is not used again.</summary>
    internal bool IsRunning => !_running.IsCompleted;

    /// <summary>When an owner answered last, by the system's timestamps.</summary>
    internal long HeardAt => Volatile.Read(ref _heardAt);

    internal void Start(Action<LinkLoop> ended) => _running = Task.Run(async () =>
    {
        await RunAsync().ConfigureAwait(false);
        ended(this);
    });

    /// <summary>Has it report now.</summary>
    internal void Signal()
    {
        lock (_gate) _signal.TrySetResult();
    }

    /// <summary>Ends the loop when the report that is under way is answered or given up.</summary>
    internal void Stop()
    {
        _isStopping = true;
        Signal();
    }

    /// <summary>Tells the owner everything until nothing of this worker is left there, or the time is over.</summary>
    internal async Task FlushAsync(CancellationToken timeOver)
    {
        Stop();
        await _running.ConfigureAwait(false);
        while (!timeOver.IsCancellationRequested)
        {
            if (await TryReportAsync(isLast: true).ConfigureAwait(false) is not null && Link.IsAtRest) return;
            await Task.Delay(times.Pause, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task RunAsync()
    {
        while (!_isStopping)
        {
            Task signal;
            lock (_gate)
            {
                if (_signal.Task.IsCompleted) _signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                signal = _signal.Task;
            }

            if (IsIdleForLong())
            {
                await TryReportAsync(isLast: true).ConfigureAwait(false);
                return;
            }

            var isToGoOn = await TryReportAsync(isLast: false).ConfigureAwait(false);
            if (isToGoOn is null) await WaitAsync(signal, times.Pause).ConfigureAwait(false);
            else if (isToGoOn is false) await WaitAsync(signal, times.Beat).ConfigureAwait(false);
        }
    }

    /// <summary>Reports once; null if there was no answer, true if there is more to report at once.</summary>
    private async Task<bool?> TryReportAsync(bool isLast)
    {
        var report = Link.Next(isLast);
        var sentAt = TimeProvider.System.GetTimestamp();
        try
        {
            var orders = await gate.ReportAsync(Link.Key, report).WaitAsync(Bounded(times.Patience), TimeProvider.System).ConfigureAwait(false);
            Volatile.Write(ref _heardAt, sentAt);
            var isToGoOn = Link.Answered(report, orders) || orders.WantsOffer;
            if (!orders.IsTaken && !orders.WantsOffer) return null;
            if (orders.Jobs.Count > 0 || !Link.IsAtRest) _busyAt = sentAt;
            return isToGoOn || Link.HasOutcomes || (Link.HasMore && orders.Jobs.Count == WorkerLink.MaxSlots);
        }
        catch (Exception e)
        {
            Link.Unanswered(report);
            if (!_isStopping) WorkerLog.ReportFailed(log, e, Link.Key);
            if (times.Heartbeat is { } heartbeat && TimeProvider.System.GetElapsedTime(_heardAt) >= heartbeat && Link.GiveUp() is > 0 and var jobs)
                WorkerLog.OwnerSilent(log, Link.Key, heartbeat.TotalSeconds, jobs);
            return null;
        }
    }

    private bool IsIdleForLong() =>
        times.KeepIdle is { } keep && !Link.HasMore && Link.IsAtRest && TimeProvider.System.GetElapsedTime(_busyAt) > keep;

    /// <summary>No answer is waited for beyond the time at which the owner takes this worker for lost.</summary>
    private TimeSpan Bounded(TimeSpan patience)
    {
        if (times.Heartbeat is not { } heartbeat) return patience;
        var left = heartbeat - TimeProvider.System.GetElapsedTime(_heardAt);
        return left <= TimeSpan.Zero || left > patience ? patience : left;
    }

    /// <summary>Waits until somebody signals, a handler has written something, or the time is over.</summary>
    private async Task WaitAsync(Task signal, TimeSpan time)
    {
        var from = TimeProvider.System.GetTimestamp();
        while (!signal.IsCompleted && !_isStopping && TimeProvider.System.GetElapsedTime(from) < time)
        {
            var look = time < times.NewsBeat ? time : times.NewsBeat;
            if (Link.IsAtRest) look = time;
            await Task.WhenAny(signal, Task.Delay(look, TimeProvider.System)).ConfigureAwait(false);
            if (Link.HasNews) return;
        }
    }
}
