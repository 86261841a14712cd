using Jobs.Conformance;

namespace Jobs.Examples.Queue;

/// <summary>Seed 003: schedules by cron expressions, once per cluster.</summary>
public abstract class NightsExampleContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private readonly Shop _shop = new();

    [Fact]
    public async Task Reports_come_every_night()
    {
        var jobs = await StartClientAsync(b =>
        {
            _shop.Describe(b);
            Shop.DescribeNights(b);
        });

        // It is 07:08 UTC on the sixth of May: midnight in Berlin comes at 22:00 UTC, and half past three after that.
        var listed = await jobs.Schedules.ListAsync(new ScheduleQuery { UpcomingTimes = 2 }).Soon();
        Assert.Equal(["nightly-north", "nightly-south"], listed.Select(s => s.Id.Value));
        Assert.Equal([At(7, 3, 30), At(8, 3, 30)], listed[0].Upcoming);
        Assert.Equal([At(6, 22, 0), At(7, 22, 0)], listed[1].Upcoming);
        await Reach(At(6, 22, 0), _shop.Done.Reaches(1));
        await Reach(At(7, 3, 30), _shop.Done.Reaches(2));
        Assert.Equal(["report south of 22:00", "report north of 03:30"], _shop.Done.Items.Take(2));
    }

    [Fact]
    public async Task Schedules_come_and_go_while_the_shop_is_open()
    {
        var jobs = await StartClientAsync(_shop.Describe);
        await jobs.Schedules.UpsertAsync("hourly", Shop.Reports, new NightlyReport("east"), s => s.Cron("@hourly")).Soon();
        await Assert.ThrowsAsync<CronFormatException>(
            () => jobs.Schedules.AddAsync("never", Shop.Reports, new NightlyReport("west"), s => s.Cron("0 0 30 2 *")).Soon());
        await Reach(At(6, 8, 0), _shop.Done.Reaches(1));
        Assert.Equal("report east of 08:00", _shop.Done.Items[0]);
        await EndOf(await jobs.Schedules.TriggerAsync("hourly").Soon());
        await jobs.Schedules.RemoveAsync("hourly", withWaitingJobs: true).Soon();
        while ((await jobs.CountAsync().Soon()).Unfinished > 0) await Task.Yield();
        var reports = _shop.Done.Items.Count;
        Assert.True(reports >= 2);

        Clock.Advance(TimeSpan.FromHours(5));
        await jobs.RunAsync(Shop.Invoices, new SendInvoice(1)).Soon();
        Assert.Equal(["invoice 1"], _shop.Done.Items.Skip(reports));
    }

    /// <summary>Moves the time there, and a little further if somebody read it just before and so waits too long.</summary>
    private async Task Reach(DateTimeOffset time, Task task)
    {
        if (time > Now) Clock.Advance(time - Now);
        await AdvanceUntil(30 * Second, task);
    }

    private static DateTimeOffset At(int day, int hour, int minute) => new(2030, 5, day, hour, minute, 0, TimeSpan.Zero);
}
