using System.Collections.Concurrent;
using Jobs.Conformance;
using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>What a cluster adds to schedules: many silos that declare, fire and leave.</summary>
public sealed class SchedulingTests : IAsyncDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");
    private readonly ManualClock _clock = new();
    private readonly Recording<(string Schedule, DateTimeOffset? Time)> _runs = new();
    private readonly ConcurrentQueue<string> _own = new(["own-0", "own-1", "own-2"]);
    private readonly TestSilos _silos;
    private bool _declaresOwn;

    public SchedulingTests()
    {
        var store = new SharedStore(new InMemoryJobStore());
        _silos = new TestSilos(
            jobs =>
            {
                jobs.Clock = _clock;
                jobs.Handle(Work, (_, job) =>
                {
                    _runs.Add((job.Schedule!.Value.Value, job.ScheduledTime));
                    return Task.CompletedTask;
                });
                jobs.Schedule("declared", Work, "x", s => s.Cron("0 0 1 1 *"));
                if (_declaresOwn && _own.TryDequeue(out var own)) jobs.Schedule(own, Work, own, s => s.Every(Minute));
            },
            () => store,
            _clock);
    }

    public ValueTask DisposeAsync() => _silos.DisposeAsync();

    [Fact]
    public async Task A_schedule_of_every_node_fires_once_on_each_silo()
    {
        await _silos.StartAsync().Soon();
        var schedules = _silos.Client.Schedules;
        await schedules.AddAsync("each", Work, "x", s => s.Every(Minute).InScope(ScheduleScope.EveryNode)).Soon();
        var start = _clock.GetUtcNow();
        _clock.Advance(Minute);
        await _runs.Reaches(TestSilos.Silos).Soon();
        await schedules.ChangeAsync("each", s => s.Every(2 * Minute, start)).Soon();
        _clock.Advance(Minute);
        await _runs.Reaches(2 * TestSilos.Silos).Soon();
        await schedules.RemoveAsync("each").Soon();
        await schedules.AddAsync("once", Work, "x", s => s.Every(Minute).MaxRuns(1)).Soon();
        _clock.Advance(5 * Minute);
        await _runs.Reaches((2 * TestSilos.Silos) + 1).Soon();

        DateTimeOffset?[] times = [start + Minute, start + (2 * Minute)];
        Assert.Equal(times.SelectMany(time => Enumerable.Repeat(time, TestSilos.Silos)), _runs.Items.Where(r => r.Schedule == "each").Select(r => r.Time));
        var jobs = await _silos.Client.ListAsync(new JobQuery { Task = Work.Name }).Soon();
        Assert.Equal(TestSilos.Silos, jobs.Where(job => job.UniqueKey is not null).Select(job => job.UniqueKey!.Split('/')[^1]).Distinct().Count(
            node => _silos.Nodes.Any(silo => silo.Settings.WorkerName == node)));
    }

    [Fact]
    public async Task A_schedule_goes_on_when_the_silo_that_looked_after_it_leaves()
    {
        await _silos.StartAsync().Soon();
        var ids = Enumerable.Range(0, 2 * ScheduleShards.Count).Select(i => (ScheduleId)$"s-{i}").ToList();
        Assert.True(ids.Select(ScheduleShards.Of).Distinct().Count() > ScheduleShards.Count / 2, "The schedules are on few shards.");
        foreach (var id in ids) await _silos.Client.Schedules.AddAsync(id, Work, "x", s => s.Every(Minute)).Soon();
        var start = _clock.GetUtcNow();
        _clock.Advance(Minute);
        await _runs.Reaches(ids.Count).Soon();
        await _silos.Cluster.StopSiloAsync(_silos.Cluster.Silos[^1]).Soon();
        _clock.Advance(Minute);
        await _runs.Reaches(2 * ids.Count).Soon();

        DateTimeOffset?[] times = [start + Minute, start + (2 * Minute)];
        Assert.All(ids, id => Assert.Equal(times, _runs.Items.Where(r => r.Schedule == id.Value).Select(r => r.Time).Order()));
    }

    [Fact]
    public async Task Silos_declare_different_things_at_once_and_each_occurrence_fires_once()
    {
        string[] own = [.. _own];
        _declaresOwn = true;
        await _silos.StartAsync().Soon();
        Assert.Equal(["declared", .. own], (await _silos.Client.Schedules.ListAsync().Soon()).Select(s => s.Id.Value).Order());
        var start = _clock.GetUtcNow();
        for (var minute = 1; minute <= 2; minute++)
        {
            _clock.Advance(Minute);
            await _runs.Reaches(minute * own.Length).Soon();
        }

        var expected = own.SelectMany(id => new (string, DateTimeOffset?)[] { (id, start + Minute), (id, start + (2 * Minute)) });
        Assert.Equal(expected.Order(), _runs.Items.Order());
    }

    [Fact]
    public async Task What_all_silos_declare_is_stored_once_and_answers_that_are_lost_do_no_harm()
    {
        await _silos.StartAsync().Soon();
        var declared = Assert.Single(await _silos.Client.Schedules.ListAsync().Soon());
        Assert.Equal(("declared", true), (declared.Id.Value, declared.IsDeclared));

        var definition = ScheduleDefinition.Create("s", Work, "x", s => s.Every(Minute));
        var grain = _silos.Grains.GetGrain<ISchedules>(ScheduleShards.Of("s"));
        var added = await grain.AddAsync(definition, isRepeated: false).Soon();
        Assert.Equal(added.Version, (await grain.AddAsync(definition, isRepeated: true).Soon()).Version);
        await Assert.ThrowsAsync<ScheduleExistsException>(() => grain.AddAsync(definition, isRepeated: false).Soon());
        var other = definition.With(s => s.Every(2 * Minute));
        await Assert.ThrowsAsync<ScheduleExistsException>(() => grain.AddAsync(other, isRepeated: true).Soon());

        var changed = await grain.ChangeAsync(other, added.Version, isRepeated: false).Soon();
        Assert.Equal(changed.Version, (await grain.ChangeAsync(other, added.Version, isRepeated: true).Soon()).Version);
        var late = await Assert.ThrowsAsync<ScheduleChangedException>(() => grain.ChangeAsync(definition, added.Version, isRepeated: true).Soon());
        Assert.Equal((added.Version, (long?)changed.Version), (late.Expected, late.Actual));

        await grain.RemoveAsync("s", isRepeated: false).Soon();
        await grain.RemoveAsync("s", isRepeated: true).Soon();
        await Assert.ThrowsAsync<ScheduleNotFoundException>(() => grain.RemoveAsync("s", isRepeated: false).Soon());
    }
}
