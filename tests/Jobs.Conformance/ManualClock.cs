using System.Threading.Channels;

namespace Jobs.Conformance;

/// <summary>Time that moves when a test says so. One test owns it; timers fire on the thread that moves it, in the order of their times.</summary>
public sealed class ManualClock : TimeProvider
{
    /// <summary>A timer that would fire more often on the way skips the times before, as after the sleep of a machine.</summary>
    private const int MostFires = 1000;

    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<ChannelWriter<DateTimeOffset>> _listeners = [];
    private DateTimeOffset _now = new(2030, 5, 6, 7, 8, 9, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the time, and fires what becomes due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var target = GetUtcNow() + by;
        SkipOften(target);
        while (TakeNext(target) is { } timer) timer.Fire();
    }

    /// <summary>
    /// Moves the time and waits for a task that this brings about. Code that read the time just before it moved sets its timer from the
    /// new time, and so too late; the time then moves on to that timer.
    /// </summary>
    /// <param name="by">How far.</param>
    /// <param name="task">What to wait for.</param>
    /// <param name="safety">When to give up, in real time; default as everywhere (<see cref="Waits"/>).</param>
    public async Task AdvanceUntilAsync(TimeSpan by, Task task, TimeSpan? safety = null)
    {
        var set = Channel.CreateUnbounded<DateTimeOffset>();
        lock (_gate) _listeners.Add(set.Writer);
        try
        {
            Advance(by);
            while (!task.IsCompleted)
            {
                var late = set.Reader.ReadAsync().AsTask();
                await Task.WhenAny(task, late).WaitAsync(safety ?? Waits.Safety);
                if (late.IsCompleted && await late - GetUtcNow() is var wait && wait > TimeSpan.Zero && wait <= by) Advance(wait);
            }
        }
        finally
        {
            lock (_gate) _listeners.Remove(set.Writer);
        }

        await task;
    }

    private void SkipOften(DateTimeOffset target)
    {
        lock (_gate)
        {
            foreach (var timer in _timers.Where(t => t.Period > TimeSpan.Zero && t.Due < target))
            {
                var skipped = (long)((target - timer.Due!.Value) / timer.Period) - MostFires;
                if (skipped > 0) timer.Due += skipped * timer.Period;
            }
        }
    }

    private ManualTimer? TakeNext(DateTimeOffset target)
    {
        lock (_gate)
        {
            var next = _timers.Where(t => t.Due <= target).MinBy(t => t.Due);
            if (next?.Due is not { } due)
            {
                _now = target;
                return null;
            }

            if (due > _now) _now = due;
            next.Due = next.Period > TimeSpan.Zero ? _now + next.Period : null;
            return next;
        }
    }

    private void Set(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dueTime, LongestTimer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(period, LongestTimer);
        var now = dueTime == TimeSpan.Zero;
        lock (_gate)
        {
            if (!_timers.Contains(timer)) _timers.Add(timer);
            timer.Period = period;
            timer.Due = dueTime == Timeout.InfiniteTimeSpan ? null : _now + dueTime;
            if (now) timer.Due = period > TimeSpan.Zero ? _now + period : null;
            if (timer.Due is { } due) _listeners.ForEach(listener => listener.TryWrite(due));
        }

        if (now) ThreadPool.QueueUserWorkItem(_ => timer.Fire());
    }

    private void Drop(ManualTimer timer)
    {
        lock (_gate) _timers.Remove(timer);
    }

    private sealed class ManualTimer(ManualClock clock, Action fire) : ITimer
    {
        internal DateTimeOffset? Due { get; set; }

        internal TimeSpan Period { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Set(this, dueTime, period);
            return true;
        }

        public void Dispose() => clock.Drop(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        internal void Fire() => fire();
    }
}
