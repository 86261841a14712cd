namespace Jobs.Testing.Tests;

public sealed class ManualTimeProviderTests
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;

    private readonly ManualTimeProvider _clock = new();
    private readonly List<(string Timer, DateTimeOffset At)> _fired = [];

    [Fact]
    public void Starts_in_2030_in_utc_unless_told_otherwise()
    {
        Assert.Equal(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), _clock.GetUtcNow());
        Assert.Equal(TimeZoneInfo.Utc, _clock.LocalTimeZone);
        var start = new DateTimeOffset(2027, 5, 6, 7, 8, 9, TimeSpan.FromHours(2));
        var other = new ManualTimeProvider(start, TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromHours(3), "x", "x"));
        Assert.Equal(start, other.GetUtcNow());
        Assert.Equal(TimeSpan.Zero, other.GetUtcNow().Offset);
        Assert.Equal(TimeSpan.FromHours(3), other.GetLocalNow().Offset);
    }

    [Fact]
    public void Stands_still_until_it_is_advanced_and_timestamps_go_with_it()
    {
        var before = _clock.GetTimestamp();
        Assert.Equal(before, _clock.GetTimestamp());
        _clock.Advance(TimeSpan.FromMinutes(90));
        Assert.Equal(TimeSpan.FromMinutes(90), _clock.GetElapsedTime(before));
        Assert.Equal(ManualTimeProvider.DefaultStart.AddMinutes(90), _clock.GetUtcNow());
    }

    [Fact]
    public void Timers_fire_in_the_order_in_which_they_are_due_at_their_own_time()
    {
        Set("c", 30);
        Set("a", 10);
        Set("b1", 20);
        Set("b2", 20);
        Set("late", 31);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal([("a", 10), ("b1", 20), ("b2", 20), ("c", 30)], Fired());
        Assert.Equal(1, _clock.ActiveTimers);
    }

    [Fact]
    public void Timers_fire_on_the_advancing_thread()
    {
        var thread = 0;
        using var timer = _clock.CreateTimer(_ => thread = Environment.CurrentManagedThreadId, null, TimeSpan.FromSeconds(1), Never);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public void A_timer_fires_once_and_not_before_it_is_due()
    {
        Set("a", 10);
        _clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Empty(_fired);
        _clock.Advance(TimeSpan.FromTicks(1));
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal([("a", 10)], Fired());
    }

    [Fact]
    public void A_timer_without_delay_fires_with_the_next_advance_even_of_zero()
    {
        Set("a", 0);
        Assert.Empty(_fired);
        _clock.Advance(TimeSpan.Zero);
        Assert.Equal([("a", 0)], Fired());
    }

    [Fact]
    public void A_periodic_timer_fires_at_each_period_between_the_others()
    {
        Set("p", 5, 10);
        Set("a", 20);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal([("p", 5), ("p", 15), ("a", 20), ("p", 25)], Fired());
    }

    [Fact]
    public void A_changed_timer_fires_at_its_new_time_only()
    {
        var timer = Set("a", 10);
        Assert.True(timer.Change(TimeSpan.FromSeconds(20), Never));
        _clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Empty(_fired);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(timer.Change(TimeSpan.FromSeconds(1), Never));
        Assert.True(timer.Change(Never, Never));
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal([("a", 20)], Fired());
    }

    [Fact]
    public async Task A_disposed_timer_never_fires_and_cannot_be_set_again()
    {
        var first = Set("a", 10);
        var second = Set("b", 10, 10);
        first.Dispose();
        await second.DisposeAsync();
        Assert.False(first.Change(TimeSpan.FromSeconds(1), Never));
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(_fired);
        Assert.Equal(0, _clock.ActiveTimers);
    }

    [Fact]
    public void A_timer_can_stop_itself_and_others_while_it_fires()
    {
        ITimer? periodic = null;
        var count = 0;
        var victim = Set("victim", 3);
        periodic = _clock.CreateTimer(
            _ =>
            {
                if (++count == 2) periodic!.Dispose();
                victim.Dispose();
            },
            null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, count);
        Assert.Empty(_fired);
    }

    [Fact]
    public void A_timer_set_while_another_fires_counts_from_that_moment()
    {
        using var outer = _clock.CreateTimer(_ => Set("inner", 5), null, TimeSpan.FromSeconds(10), Never);
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal([("inner", 15)], Fired());
    }

    [Fact]
    public void Advance_to_the_next_timer_stops_there_and_fires_all_that_are_due_there()
    {
        Set("a", 10);
        Set("b", 10);
        Set("c", 11);
        Assert.True(_clock.AdvanceToNextTimer());
        Assert.Equal([("a", 10), ("b", 10)], Fired());
        Assert.True(_clock.AdvanceToNextTimer());
        Assert.False(_clock.AdvanceToNextTimer());
        Assert.Equal(ManualTimeProvider.DefaultStart.AddSeconds(11), _clock.GetUtcNow());
    }

    [Theory]
    [InlineData(-365)]
    [InlineData(365)]
    public void Setting_the_clock_moves_neither_timers_nor_timestamps(int days)
    {
        var before = _clock.GetTimestamp();
        Set("a", 10);
        _clock.SetUtcNow(ManualTimeProvider.DefaultStart.AddDays(days));
        Assert.Empty(_fired);
        Assert.Equal(before, _clock.GetTimestamp());
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([("a", ManualTimeProvider.DefaultStart.AddDays(days).AddSeconds(10))], _fired);
    }

    [Fact]
    public void A_callback_may_move_the_time_and_the_call_around_it_goes_on_to_its_own_end()
    {
        using var outer = _clock.CreateTimer(_ => _clock.Advance(TimeSpan.FromSeconds(5)), null, TimeSpan.FromSeconds(10), Never);
        Set("a", 12);
        Set("b", 18);
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal([("a", 12), ("b", 18)], Fired());
        Assert.Equal(ManualTimeProvider.DefaultStart.AddSeconds(20), _clock.GetUtcNow());
        using var far = _clock.CreateTimer(_ => _clock.Advance(TimeSpan.FromDays(1)), null, TimeSpan.FromSeconds(10), Never);
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(ManualTimeProvider.DefaultStart.AddSeconds(30).AddDays(1), _clock.GetUtcNow());
    }

    [Fact]
    public void What_a_callback_throws_comes_out_and_time_stands_there()
    {
        using var bad = _clock.CreateTimer(_ => throw new InvalidOperationException("bad"), null, TimeSpan.FromSeconds(10), Never);
        Assert.Equal("bad", Assert.Throws<InvalidOperationException>(() => _clock.Advance(TimeSpan.FromDays(1))).Message);
        Assert.Equal(ManualTimeProvider.DefaultStart.AddSeconds(10), _clock.GetUtcNow());
    }

    [Fact]
    public void Time_does_not_pass_backwards_nor_beyond_the_calendar()
    {
        var back = Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.FromTicks(-1)));
        Assert.Contains("SetUtcNow", back.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(-2), Never));
        Assert.Equal(ManualTimeProvider.DefaultStart, _clock.GetUtcNow());
    }

    [Fact]
    public void A_timer_beyond_all_times_is_never_due()
    {
        _clock.Advance(TimeSpan.FromDays(1));
        using var timer = _clock.CreateTimer(_ => _fired.Add(("a", default)), null, TimeSpan.MaxValue, TimeSpan.MaxValue);
        _clock.Advance(TimeSpan.FromDays(365_000));
        Assert.Empty(_fired);
    }

    [Fact]
    public async Task Delays_and_timeouts_of_the_framework_run_on_it()
    {
        var delay = Task.Delay(TimeSpan.FromDays(40), _clock);
        using var timeout = new CancellationTokenSource(TimeSpan.FromDays(39), _clock);
        _clock.Advance(TimeSpan.FromDays(39));
        Assert.True(timeout.IsCancellationRequested);
        Assert.False(delay.IsCompleted);
        _clock.Advance(TimeSpan.FromDays(1));
        await delay.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Many_threads_move_it_together_and_lose_nothing()
    {
        var ticks = 0;
        using var timer = _clock.CreateTimer(_ => ticks++, null, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 250; i++) _clock.Advance(TimeSpan.FromMilliseconds(1));
        })));
        Assert.Equal(1000, ticks);
        Assert.Equal(ManualTimeProvider.DefaultStart.AddSeconds(1), _clock.GetUtcNow());
    }

    [Fact]
    public void A_callback_runs_in_the_context_in_which_its_timer_was_made()
    {
        var local = new AsyncLocal<string?> { Value = "made" };
        string? seen = null;
        using var timer = _clock.CreateTimer(_ => seen = local.Value, null, TimeSpan.FromSeconds(1), Never);
        local.Value = "advanced";
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("made", seen);
    }

    private ITimer Set(string name, int seconds, int? period = null) => _clock.CreateTimer(
        _ => _fired.Add((name, _clock.GetUtcNow())), null, TimeSpan.FromSeconds(seconds), period is { } p ? TimeSpan.FromSeconds(p) : Never);

    private IEnumerable<(string, int)> Fired() =>
        _fired.Select(f => (f.Timer, (int)(f.At - ManualTimeProvider.DefaultStart).TotalSeconds));
}
