using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>
/// The loop around the schedules of a service: one timer, one look at a time, nothing decided here (<see cref="SchedulePlan"/> does). Every
/// node runs one; README.md beside this file says why an occurrence fires once all the same.
/// </summary>
internal sealed partial class ScheduleRunner : IAsyncDisposable
{
    /// <summary>Schedules that are looked at together, so that the store can commit their jobs together.</summary>
    private const int MaxSchedulesAtOnce = 64;

    private const int MaxSchedulesPerPage = 500;

    /// <summary>Steps of one schedule in one look; one with more to make up for goes on in the next.</summary>
    private const int MaxStepsPerLook = 1000;

    /// <summary>A timer counts elapsed time and not the clock's, so it looks again now and then in case the clock was set.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromSeconds(30);

    /// <summary>What was read longer ago is read again before a job is enqueued; far below <see cref="ScheduleOccurrence.MinRetention"/>.</summary>
    private static readonly TimeSpan LongestTrust = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ScheduleAgenda _agenda = new();
    private readonly IScheduleStore _store;
    private readonly IScheduleHost _host;
    private readonly TimeProvider _clock;
    private readonly ScheduleOptions _options;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private readonly ITimer _looks;
    private readonly TimeSpan _longestWait;
    private readonly CancellationTokenSource _stopping = new();
    private List<TaskCompletionSource<bool>> _asked = [];

    /// <summary>What this process has written or removed while schedules are read, so that what was read before does not count.</summary>
    private HashSet<ScheduleId>? _fresh;
    private bool _isTimerSet;
    private bool _isLooking;
    private bool _again;
    private bool _stopped;
    private bool _wasRead;
    private int _readFailures;
    private long _readAt;
    private DateTimeOffset _lastLook = DateTimeOffset.MinValue;

    internal ScheduleRunner(IScheduleStore store, IScheduleHost host, TimeProvider clock, ScheduleOptions options, ILogger log)
    {
        _store = store;
        _host = host;
        _clock = clock;
        _options = options;
        _log = log;

        _longestWait = options.RefreshTime < LongestTimer ? options.RefreshTime : LongestTimer;

        // Whoever starts the engine must not have his request and trace go on in every occurrence.
        using (ExecutionContext.SuppressFlow())
        {
            _timer = clock.CreateTimer(static state => ((ScheduleRunner)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _looks = clock.CreateTimer(static state => ((ScheduleRunner)state!).Wake(), this, _longestWait, _longestWait);
        }
    }

    /// <summary>Has the schedules looked at soon; the first call starts the loop.</summary>
    internal void Wake()
    {
        lock (_gate)
        {
            _again = true;
            if (_isLooking || _stopped) return;
            _isLooking = true;
        }

        _ = RunAsync();
    }

    /// <summary>Looks at all schedules now.</summary>
    /// <returns>True if each occurrence that is due has its job or is passed, and this is written.</returns>
    internal Task<bool> LookAsync()
    {
        var asked = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_stopped) return Task.FromResult(false);
            _asked.Add(asked);
        }

        Wake();
        return asked.Task;
    }

    /// <summary>Takes note of a schedule that this process has written.</summary>
    internal void Notice(ScheduleRecord schedule)
    {
        lock (_gate)
        {
            _fresh?.Add(schedule.Id);
            _agenda.Written(schedule.Id);
            KeepNews(schedule);
        }

        Wake();
    }

    /// <summary>Takes note of a schedule that this process has removed.</summary>
    internal void Forget(ScheduleId id)
    {
        lock (_gate)
        {
            _fresh?.Add(id);
            _agenda.Forget(id);
        }
    }

    /// <summary>Stops looking. What is under way gets a cancelled token; it may end later.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<bool>? last = null;
        lock (_gate)
        {
            if (_stopped) return;
            _stopped = true;
            if (_isLooking)
            {
                var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                _asked.Add(ended);
                last = ended.Task;
            }
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _looks.DisposeAsync().ConfigureAwait(false);
        if (last is not null) await last.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        JobRequest.Id = null;
        Activity.Current = null;
        while (true)
        {
            List<TaskCompletionSource<bool>> asked;
            lock (_gate)
            {
                _again = false;
                (asked, _asked) = (_asked, []);
            }

            var settled = !_stopping.IsCancellationRequested && await LookSafelyAsync().ConfigureAwait(false);
            bool isDone;
            lock (_gate)
            {
                isDone = !_again || _stopped;
                if (isDone)
                {
                    _isLooking = false;
                    asked.AddRange(_asked);
                    _asked = [];
                }
            }

            foreach (var source in asked) source.TrySetResult(settled);
            if (isDone) return;
        }
    }

    /// <summary>The root of the loop: whatever goes wrong, it looks again.</summary>
    private async Task<bool> LookSafelyAsync()
    {
        try
        {
            return await LookOnceAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            ScheduleLog.NotRead(_log, e, _longestWait.TotalSeconds);
            return false;
        }
    }

    private async Task<bool> LookOnceAsync()
    {
        var wasRead = await ReadAsync().ConfigureAwait(false);
        while (!_stopping.IsCancellationRequested)
        {
            var now = _clock.GetUtcNow();
            List<ScheduleId> due;
            lock (_gate)
            {
                if (_lastLook - now > SchedulePlan.MaxSetBack)
                {
                    ScheduleLog.SetBack(_log, _lastLook, now);
                    _agenda.WakeAll(now);
                }

                _lastLook = now;
                due = _agenda.Due(now, MaxSchedulesAtOnce);
                if (due.Count == 0 && TrySetTimer()) return wasRead && !_agenda.HasUnsettled;
            }

            await Task.WhenAll(due.Select(LookAfterAsync)).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>Sets the timer if something is due before the next regular look, also if the clock moves meanwhile.</summary>
    /// <returns>False if the clock has reached the next schedule.</returns>
    private bool TrySetTimer()
    {
        for (var tries = 0; tries < 3 && !_stopped; tries++)
        {
            var now = _clock.GetUtcNow();
            if (_agenda.NextDue <= now) return false;
            var wait = _wasRead ? TimeSpan.MaxValue : RetryAfter(_readFailures);
            if (_agenda.NextDue is { } due && due - now < wait) wait = due - now;
            var isNeeded = wait <= _longestWait;
            if (!isNeeded && !_isTimerSet) return true;
            _isTimerSet = isNeeded;

            // A timer counts whole milliseconds; rounding up means that it does not fire just before the time.
            var whole = isNeeded ? TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds))) : Timeout.InfiniteTimeSpan;
            _timer.Change(whole, Timeout.InfiniteTimeSpan);
            if (_clock.GetUtcNow() - now < TimeSpan.FromMilliseconds(1)) return true;
        }

        return true;
    }

    private static TimeSpan RetryAfter(int failures) => TimeSpan.FromTicks(Math.Min(LongestTimer.Ticks, FirstRetry.Ticks << Math.Clamp(failures - 1, 0, 10)));

    /// <summary>Does what is to be done with one schedule, step by step.</summary>
    private async Task LookAfterAsync(ScheduleId id)
    {
        try
        {
            await StepAsync(id).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A zone that this machine does not know stays unknown, so nobody should wait for it.
            Postpone(id, e, isSettled: e is TimeZoneNotFoundException or InvalidTimeZoneException);
        }
    }

    private async Task StepAsync(ScheduleId id)
    {
        var readAt = _clock.GetTimestamp();
        long writes;
        lock (_gate) writes = _agenda.WritesOf(id);
        var schedule = await FindAsync(id).ConfigureAwait(false);
        var jobs = new Dictionary<JobId, JobState?>();
        for (var step = 0; step < MaxStepsPerLook && schedule is not null; step++)
        {
            var now = _clock.GetUtcNow();
            var queue = schedule.Definition.Queue;
            if (schedule.Definition.Scope is ScheduleScope.EveryNode && !schedule.IsPaused && schedule.Next <= now)
                queue = await _host.QueueOfNodeAsync(queue, _stopping.Token).ConfigureAwait(false);
            switch (SchedulePlan.Decide(schedule, now, jobs, _host.Node, queue))
            {
                case ScheduleDecision.Wait wait:
                    KeepUnlessWritten(id, writes, schedule.Version, wait.Until);
                    return;
                case ScheduleDecision.Ask ask:
                    jobs[ask.Id] = await _host.StateOfAsync(ask.Id, _stopping.Token).ConfigureAwait(false);
                    continue;
                case ScheduleDecision.Fire when _clock.GetElapsedTime(readAt) > LongestTrust:
                    schedule = await FindAsync(id).ConfigureAwait(false);
                    break;
                case ScheduleDecision.Fire fire when !_host.CanFire(fire.Occurrence, queue):
                    KeepUnlessWritten(id, writes, schedule.Version, Times.Add(_clock.GetUtcNow(), FirstRetry));
                    return;
                case ScheduleDecision.Fire fire:
                    if (!await TryFireAsync(schedule, fire.Occurrence).ConfigureAwait(false)) return;
                    schedule = await MoveAsync(schedule, fire.Then).ConfigureAwait(false);
                    break;
                case ScheduleDecision.Pass pass:
                    schedule = await MoveAsync(schedule, pass.Then).ConfigureAwait(false);
                    break;
            }

            readAt = _clock.GetTimestamp();
            jobs.Clear();
        }

        if (schedule is null) Forget(id);
    }

    /// <summary>Who has written the schedule meanwhile has said when to look again, knowing more.</summary>
    private void KeepUnlessWritten(ScheduleId id, long writes, long version, DateTimeOffset? due)
    {
        lock (_gate)
        {
            if (_agenda.WritesOf(id) == writes) _agenda.Keep(id, version, due);
        }
    }

    /// <summary>
    /// Enqueues the job of an occurrence. If that fails, the store says whether it is there: an error may come after the commit, and somebody
    /// else may have enqueued it. If it is not, the schedule has to wait, but no record of the occurrence has to be kept for it.
    /// </summary>
    private async ValueTask<bool> TryFireAsync(ScheduleRecord schedule, ScheduleOccurrence occurrence)
    {
        try
        {
            await _host.FireAsync(schedule.Definition, occurrence, _stopping.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            if (await _host.StateOfAsync(occurrence.JobId, _stopping.Token).ConfigureAwait(false) is not null) return true;
            Postpone(schedule.Id, e, isSettled: true);
            return false;
        }
    }

    private void Postpone(ScheduleId id, Exception error, bool isSettled)
    {
        TimeSpan delay;
        lock (_gate)
        {
            delay = RetryAfter(_agenda.Fail(id, isSettled));
            _agenda.Postpone(id, Times.Add(_clock.GetUtcNow(), delay));
        }

        if (!_stopping.IsCancellationRequested) ScheduleLog.Failed(_log, error, id, delay.TotalSeconds);
    }

    private async ValueTask<ScheduleRecord?> FindAsync(ScheduleId id)
    {
        var stored = await _store.FindScheduleAsync(id, _stopping.Token).ConfigureAwait(false);
        if (stored is null || stored.Definition.Scope is ScheduleScope.Cluster) return stored;
        lock (_gate)
        {
            var own = SchedulePlan.OnNode(stored, _agenda.OwnOf(id), _clock.GetUtcNow());
            _agenda.SetOwn(own);
            return own;
        }
    }

    /// <summary>Writes where a schedule stands, or takes over what somebody else has written.</summary>
    private async ValueTask<ScheduleRecord?> MoveAsync(ScheduleRecord schedule, ScheduleRecord then)
    {
        if (schedule.Definition.Scope is ScheduleScope.EveryNode)
        {
            lock (_gate)
            {
                // What it was changed to while it fired stays; that it has fired is added.
                if (_agenda.OwnOf(then.Id) is { } own && own.Version != then.Version)
                {
                    then = own with
                    {
                        Next = then.Runs >= own.Definition.MaxRuns ? null : own.Next,
                        Last = then.Last,
                        LastJob = then.LastJob,
                        PriorJob = then.PriorJob,
                        Runs = then.Runs,
                    };
                }

                _agenda.SetOwn(then);
            }

            return then;
        }

        var next = then with { Version = schedule.Version + 1 };
        if (await _store.SaveScheduleAsync(next, schedule.Version, _stopping.Token).ConfigureAwait(false)) return next;
        return await FindAsync(schedule.Id).ConfigureAwait(false);
    }
}
