using Jobs.Conformance;
using Jobs.Testing;

namespace Jobs.Core.Tests.Schedules;

/// <summary>Somebody sets the machine's clock: timers do not notice, and nothing is lost, repeated or hung.</summary>
public sealed class ClockJumpTests : IAsyncDisposable
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _clock = new();
    private readonly Recording<(string Text, DateTimeOffset At)> _runs = new();
    private EmbeddedEngine? _engine;

    private static DateTimeOffset Start => ManualTimeProvider.DefaultStart;

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
    }

    [Fact]
    public async Task A_clock_set_forward_is_noticed_within_half_a_minute()
    {
        var client = await StartAsync();
        await client.Schedules.AddAsync("s", Work, "s", s => s.Every(Hour));
        await client.EnqueueAsync(Work, "delayed", o => o.After(2 * Hour));
        _clock.SetUtcNow(Start + (5.5 * Hour));
        _clock.Advance(Look);
        var runs = await _runs.Reaches(2).Soon();
        Assert.Equal(["delayed", "s"], runs.Select(r => r.Text).Order());
        Assert.Equal(Start + (6 * Hour), (await client.Schedules.GetAsync("s")).Next);
    }

    [Fact]
    public async Task A_clock_set_back_repeats_nothing_and_nothing_is_early()
    {
        var client = await StartAsync();
        await client.Schedules.AddAsync("s", Work, "s", s => s.Every(Hour));
        await AdvanceToAsync(Start + Hour);
        await _runs.Reaches(1).Soon();
        await client.EnqueueAsync(Work, "delayed", o => o.At(Start + (1.5 * Hour)));
        _clock.SetUtcNow(Start + (0.5 * Hour));
        await AdvanceToAsync(Start + (1.25 * Hour));
        Assert.Single(_runs.Items);
        await AdvanceToAsync(Start + (1.5 * Hour) + Look);
        Assert.Equal("delayed", (await _runs.Reaches(2).Soon())[1].Text);
        Assert.True(_runs.Items[1].At >= Start + (1.5 * Hour));
        await AdvanceToAsync(Start + (2 * Hour) + Look);
        Assert.Equal("s", (await _runs.Reaches(3).Soon())[2].Text);
        Assert.Equal(2, (await client.Schedules.GetAsync("s")).Runs);
    }

    [Fact]
    public async Task A_clock_that_was_decades_ahead_for_a_while_leaves_no_schedule_hung()
    {
        var client = await StartAsync();
        await client.Schedules.AddAsync("s", Work, "s", s => s.Every(Hour).OnMisfire(MisfirePolicy.Skip));
        _clock.SetUtcNow(Start.AddYears(30).AddMinutes(30));
        _clock.Advance(Look);
        await _engine!.AreSchedulesSettledAsync().Soon();
        Assert.Equal(Start.AddYears(30).AddHours(1), (await client.Schedules.GetAsync("s")).Next);
        _clock.SetUtcNow(Start + (0.5 * Hour));
        _clock.Advance(Look);
        await AdvanceToAsync(Start + Hour);
        Assert.Equal("s", Assert.Single(await _runs.Reaches(1).Soon()).Text);
    }

    [Fact]
    public async Task Decades_ahead_is_no_problem()
    {
        var client = await StartAsync();
        await client.Schedules.AddAsync("s", Work, "s", s => s.Cron("0 0 29 2 *").From(Start.AddYears(40)));
        await client.EnqueueAsync(Work, "far", o => o.After(TimeSpan.FromDays(30_000)));
        await client.EnqueueAsync(Work, "near", o => o.After(TimeSpan.FromMilliseconds(1)));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("near", (await _runs.Reaches(1).Soon())[0].Text);
        _clock.SetUtcNow(new DateTimeOffset(2072, 2, 28, 23, 59, 50, TimeSpan.Zero));
        _clock.Advance(Look);
        Assert.Equal("s", (await _runs.Reaches(2).Soon())[1].Text);
        _clock.SetUtcNow(Start.AddDays(30_000).AddSeconds(1));
        _clock.Advance(Look);
        Assert.Contains("far", (await _runs.Reaches(4).Soon()).Select(r => r.Text));
    }

    private async Task<IJobClient> StartAsync()
    {
        _engine = await EmbeddedJobs.StartAsync(b =>
        {
            b.Clock = _clock;
            b.DrainTime = b.StopTime = TimeSpan.Zero;
            b.Handle(Work, (text, _) =>
            {
                _runs.Add((text, _clock.GetUtcNow()));
                return Task.CompletedTask;
            });
        });
        return _engine.Client;
    }

    /// <summary>Moves the time on by a second at a time, so that what is late in setting its timer still comes to it.</summary>
    private async Task AdvanceToAsync(DateTimeOffset time)
    {
        while (_clock.GetUtcNow() < time)
        {
            var left = time - _clock.GetUtcNow();
            _clock.Advance(left < Look ? left : Look);
            await _engine!.AreSchedulesSettledAsync().Soon();
        }
    }
}
