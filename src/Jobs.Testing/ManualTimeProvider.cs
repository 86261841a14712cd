namespace Jobs.Testing;

/// <summary>
/// A clock that stands still until a test moves it: the one owner of time in a test. Give it to everything that takes a
/// <see cref="TimeProvider"/>. Safe for many threads.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="Advance"/> lets time pass: the clock, the timestamps and the timers go on together, from one due timer to the next. A
/// timer's callback runs on the thread that advances, in the order in which timers are due (those due at the same moment in the order
/// in which they were set), and finds the clock at the moment it was due. A timer that is set in a callback fires in the same call if
/// it is due within it. A timer with no delay at all fires in the next call, <c>Advance(TimeSpan.Zero)</c> included.
/// </para>
/// <para>
/// <see cref="SetUtcNow"/> is somebody setting the machine's clock, forward or back: only <see cref="GetUtcNow"/> changes. Timestamps and
/// timers count elapsed time and do not notice, as on a real machine.
/// </para>
/// <para>
/// One call moves the time at a time; a second thread waits. A callback may move the time itself; the call around it then goes on to
/// its own end, if that is not behind. A callback must not wait for another thread that moves the time. An exception that a callback
/// throws comes out of the call, and time stands where it was thrown.
/// </para>
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly object _moving = new();
    private readonly PriorityQueue<ManualTimer, (long At, long Order)> _timers = new();
    private readonly TimeZoneInfo _zone;
    private long _elapsed;
    private long _order;
    private DateTimeOffset _origin;

    /// <summary>Makes a clock.</summary>
    /// <param name="start">The time it shows at first; default 2030-01-01T00:00Z.</param>
    /// <param name="zone">The local time zone; default UTC, so that a test does the same on every machine.</param>
    public ManualTimeProvider(DateTimeOffset? start = null, TimeZoneInfo? zone = null)
    {
        _origin = (start ?? DefaultStart).ToUniversalTime();
        _zone = zone ?? TimeZoneInfo.Utc;
    }

    /// <summary>Where a clock starts when nothing is said: 2030-01-01T00:00Z.</summary>
    public static DateTimeOffset DefaultStart { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _zone;

    /// <summary>Ten million a second: a timestamp counts ticks.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers are set and have not fired for the last time.</summary>
    public int ActiveTimers
    {
        get
        {
            lock (_gate) return _timers.Count;
        }
    }

    /// <summary>Raised after the clock has moved, before timers fire, so that a test queue sees what has become due.</summary>
    internal event Action? Moved;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _origin.AddTicks(_elapsed);
    }

    /// <summary>The time that has passed since the clock was made, in ticks; <see cref="SetUtcNow"/> does not change it.</summary>
    public override long GetTimestamp()
    {
        lock (_gate) return _elapsed;
    }

    /// <summary>Lets time pass, and fires every timer that is due within it.</summary>
    /// <param name="time">How much; zero fires what is due already.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative, or leads beyond the end of the calendar.</exception>
    public void Advance(TimeSpan time)
    {
        if (time < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(time), time, "Time does not pass backwards. Use SetUtcNow to set the clock back.");
        lock (_moving)
        {
            long goal;
            lock (_gate)
            {
                if (time > DateTimeOffset.MaxValue - _origin.AddTicks(_elapsed))
                    throw new ArgumentOutOfRangeException(nameof(time), time, "That is beyond the end of the calendar. Advance by less.");
                goal = _elapsed + time.Ticks;
            }

            while (TakeDue(goal) is { } due) due.Fire();
            MoveTo(goal);
        }
    }

    /// <summary>Lets time pass until the next timer is due, and fires it and all others that are due at that moment.</summary>
    /// <returns>False, with nothing changed, if no timer is set.</returns>
    public bool AdvanceToNextTimer()
    {
        lock (_moving)
        {
            TimeSpan wait;
            lock (_gate)
            {
                if (!_timers.TryPeek(out _, out var next)) return false;
                wait = TimeSpan.FromTicks(Math.Max(0, next.At - _elapsed));
            }

            Advance(wait);
            return true;
        }
    }

    /// <summary>Sets the clock, forward or back, as somebody may do on a real machine; no timer fires, and no time passes.</summary>
    public void SetUtcNow(DateTimeOffset now)
    {
        lock (_moving)
        {
            lock (_gate) _origin = now.ToUniversalTime().AddTicks(-_elapsed);
            Moved?.Invoke();
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal void Set(ManualTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            _timers.Remove(timer, out _, out _);
            if (dueTime != Timeout.InfiniteTimeSpan) Enqueue(timer, dueTime.Ticks > long.MaxValue - _elapsed ? long.MaxValue : _elapsed + dueTime.Ticks);
        }
    }

    private void Enqueue(ManualTimer timer, long at) => _timers.Enqueue(timer, (at, _order++));

    /// <summary>Moves to the next timer that is due by the goal, and takes it; a periodic one is set again at once, as a real one is.</summary>
    private ManualTimer? TakeDue(long goal)
    {
        ManualTimer timer;
        long at;
        lock (_gate)
        {
            if (!_timers.TryPeek(out timer!, out var next) || next.At > goal) return null;
            _timers.Dequeue();
            at = next.At;
            if (timer.Period > TimeSpan.Zero) Enqueue(timer, timer.Period.Ticks > long.MaxValue - at ? long.MaxValue : at + timer.Period.Ticks);
        }

        MoveTo(at);
        return timer;
    }

    /// <summary>Never back: a callback may have moved the time beyond the goal of the call that fired it.</summary>
    private void MoveTo(long elapsed)
    {
        lock (_gate)
        {
            if (elapsed <= _elapsed) return;
            _elapsed = elapsed;
        }

        Moved?.Invoke();
    }
}
