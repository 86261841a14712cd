using Jobs.Core;

namespace Jobs.Conformance.Stores;

/// <summary>Keeping schedules: what is written comes back, and of several writers one is first.</summary>
public abstract class ScheduleStoreContract(IStoreFixture fixture) : StoreContract(fixture)
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work", o =>
    {
        o.MaxAttempts = 3;
        o.Tags.Add("of-task");
    });

    private IScheduleStore Schedules => Store.Schedules!;

    [Fact]
    public async Task A_new_schedule_comes_back_as_it_was_written()
    {
        var plain = New("plain", s => s.Cron("0 9 * * 1-5", "Europe/Berlin"));
        Assert.True(await SaveAsync(plain, null));
        AssertSame(plain, await FindAsync("plain"));
        Assert.Null(await FindAsync("other"));
    }

    [Fact]
    public async Task Everything_that_can_be_said_comes_back()
    {
        var rich = New("rich", s => s
            .Every(TimeSpan.FromMilliseconds(1500), Now.AddMilliseconds(7))
            .From(Now.AddDays(1)).Until(Now.AddYears(20)).MaxRuns(5)
            .OnMisfire(MisfirePolicy.FireAll(7), TimeSpan.FromSeconds(2)).OnOverlap(OverlapPolicy.Skip).Jitter(TimeSpan.FromMilliseconds(30))
            .InScope(ScheduleScope.EveryNode).StartPaused()
            .Job(o =>
            {
                o.On("mail").WithPriority(-5).WithTag("a").WithHeader("H", "ä\n1");
                o.Backoff = RetryPolicy.Exponential(Minute, 3, TimeSpan.FromHours(2), 0.5, 1);
                o.Timeout = TimeSpan.FromSeconds(3);
                o.GroupKey = "g";
                o.Retention = new RetentionPolicy(TimeSpan.FromDays(2), KeepPayload: false);
                o.OnException = ExceptionPolicy.DeadLetter;
                o.OnExhausted = ExhaustedAction.Discard;
                o.CountLostDeliveries = false;
                o.RequestId = "request";
                o.User = "user";
            })) with
        {
            Last = Now.AddMinutes(-1),
            LastJob = JobId.FromName("mail", "last"),
            PriorJob = JobId.FromName("mail", "prior"),
            Runs = 4,
            MadeUp = 2,
            Declaration = "hash",
            ChangedAt = Now.AddSeconds(5),
        };
        Assert.True(await SaveAsync(rich, null));
        var stored = await FindAsync("rich");
        AssertSame(rich, stored);
        var options = stored.Definition.Options;
        Assert.Equal(["a", "of-task"], options.Tags.Order());
        Assert.Equal((3, "ä\n1", "request", "user"), (options.MaxAttempts, options.Headers["H"], options.RequestId, options.User));
        Assert.Equal(rich.Definition.Options.Backoff, options.Backoff);
    }

    [Fact]
    public async Task Empty_and_large_payloads_come_back()
    {
        var raw = TaskDefinition.Raw("raw");
        foreach (var size in (int[])[0, 1, 100_000])
        {
            var payload = new byte[size];
            new Random(size).NextBytes(payload);
            var definition = ScheduleDefinition.Create<ReadOnlyMemory<byte>>($"s{size}", raw, payload, s => s.Cron("@daily"));
            Assert.True(await SaveAsync(SchedulePlan.Create(definition, Now, 1), null));
            Assert.Equal(payload, (await FindAsync($"s{size}")).Definition.Payload.ToArray());
        }
    }

    [Fact]
    public async Task A_schedule_that_exists_is_not_written_as_a_new_one()
    {
        var first = New("s", s => s.Cron("@daily"));
        Assert.True(await SaveAsync(first, null));
        Assert.False(await SaveAsync(first with { Version = 99, Runs = 8 }, null));
        AssertSame(first, await FindAsync("s"));
    }

    [Fact]
    public async Task A_write_on_another_version_changes_nothing()
    {
        var first = New("s", s => s.Cron("@daily"));
        Assert.False(await SaveAsync(first with { Version = 2 }, 1));
        Assert.Null(await FindAsync("s"));
        await SaveAsync(first, null);
        var second = first with { Version = first.Version + 1, IsPaused = true, Next = null };
        Assert.True(await SaveAsync(second, first.Version));
        Assert.False(await SaveAsync(first with { Version = first.Version + 1, Runs = 5 }, first.Version));
        AssertSame(second, await FindAsync("s"));
        Assert.False(await Schedules.DeleteScheduleAsync("s", first.Version, default));
        Assert.True(await Schedules.DeleteScheduleAsync("s", second.Version, default));
        Assert.False(await Schedules.DeleteScheduleAsync("s", second.Version, default));
        Assert.Null(await FindAsync("s"));
    }

    [Fact]
    public async Task Of_many_writers_at_once_one_is_first()
    {
        var first = New("s", s => s.Cron("@daily"));
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => SaveAsync(first with { Runs = n }, null)))).Soon();
        Assert.Single(made, saved => saved);
        var moved = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(n => Task.Run(() => SaveAsync(first with { Version = first.Version + 1, Runs = 100 + n }, first.Version)))).Soon();
        Assert.Single(moved, saved => saved);
        Assert.Equal(100 + Array.IndexOf(moved, true), (await FindAsync("s")).Runs);
    }

    [Fact]
    public async Task Schedules_are_listed_by_id_a_page_at_a_time()
    {
        string[] ids = ["a", "B", "b", "a-1", "a.1", "Z", "z9", "z10", "_"];
        foreach (var id in ids) await SaveAsync(New(id, s => s.Cron("@daily")) with { Version = 10 + id.Length }, null);
        var sorted = ids.Order(StringComparer.Ordinal).ToList();
        var listed = new List<string>();
        ScheduleId? after = null;
        while (await Schedules.ListSchedulesAsync(after, 4, default) is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, 4);
            listed.AddRange(page.Select(s => s.Id.Value));
            after = page[^1].Id;
        }

        Assert.Equal(sorted, listed);
        var versions = await Schedules.ListScheduleVersionsAsync(default);
        Assert.Equal(sorted, versions.Keys.Select(id => id.Value).Order(StringComparer.Ordinal));
        Assert.Equal(13, versions["a-1"]);
    }

    private static ScheduleRecord New(string id, Action<ScheduleBuilder> configure) =>
        SchedulePlan.Create(ScheduleDefinition.Create(id, Work, "payload", configure), Now, 17);

    private static void AssertSame(ScheduleRecord expected, ScheduleRecord actual)
    {
        Assert.Equal(StoredSchedule.OfDefinition(expected.Definition), StoredSchedule.OfDefinition(actual.Definition));
        Assert.Equal(expected.Definition.Payload.ToArray(), actual.Definition.Payload.ToArray());
        Assert.Equal(expected.Definition.Timing, actual.Definition.Timing);
        Assert.Equal(expected with { Definition = actual.Definition }, actual);
    }

    private async Task<bool> SaveAsync(ScheduleRecord schedule, long? expected) => await Schedules.SaveScheduleAsync(schedule, expected, default);

    private async Task<ScheduleRecord> FindAsync(ScheduleId id) => (await Schedules.FindScheduleAsync(id, default))!;
}
