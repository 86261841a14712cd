using Jobs.Conformance;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Hosting;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Reminders bring back what nobody calls (E2): the members of the cluster do not change here, so no keeper does.</summary>
public sealed class ReminderTests : IAsyncDisposable
{
    /// <summary>Shorter than the time between two prunings, which look at schedules too.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(20);

    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");
    private readonly ManualClock _clock = new();
    private readonly Recording<string> _runs = new();
    private readonly TestSilos _silos;

    public ReminderTests()
    {
        var store = new SharedStore(new InMemoryJobStore());
        _silos = new TestSilos(
            jobs =>
            {
                jobs.Clock = _clock;
                jobs.Handle(Work, (text, _) =>
                {
                    _runs.Add(text);
                    return Task.CompletedTask;
                });
            },
            () => store,
            _clock,
            more: silo =>
            {
                silo.UseInMemoryReminderService();
                silo.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromMilliseconds(100));
                silo.Services.AddSingleton(new GrainTimes(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(50)));
            });
    }

    public ValueTask DisposeAsync() => _silos.DisposeAsync();

    [Fact]
    public async Task A_delayed_job_fires_although_its_partition_is_gone_and_nobody_calls()
    {
        await _silos.StartAsync().Soon();
        await _silos.Client.EnqueueAsync(Work, "later", job => job.After(Later)).Soon();
        var partition = _silos.Grains.GetGrain<IQueuePartition>("default/0");
        await RemindersOfAsync(partition, 1).Soon();

        await partition.AsReference<IGrainManagementExtension>().DeactivateOnIdle().Soon();
        _clock.Advance(Later);
        await _runs.Reaches(1).Soon();

        // Nothing is left to come back for.
        await RemindersOfAsync(partition, 0).Soon();
    }

    [Fact]
    public async Task A_partition_without_work_has_no_reminder()
    {
        await _silos.StartAsync().Soon();
        await (await _silos.Client.EnqueueAsync(Work, "now").Soon()).WaitAsync().Soon();
        var busy = _silos.Grains.GetGrain<IQueuePartition>("other/0");
        await _silos.Client.EnqueueAsync(Work, "later", job => job.On("other").After(Later)).Soon();
        await RemindersOfAsync(busy, 1).Soon();
        Assert.Empty((await Table.ReadRows(_silos.Grains.GetGrain<IQueuePartition>("default/0").GetGrainId()).Soon()).Reminders);
    }

    [Fact]
    public async Task A_schedule_fires_although_its_grain_is_gone_and_nobody_calls()
    {
        await _silos.StartAsync().Soon();
        await _silos.Client.Schedules.AddAsync("s", Work, "x", s => s.Every(Later)).Soon();
        var shard = _silos.Grains.GetGrain<ISchedules>(ScheduleShards.Of("s"));
        await RemindersOfAsync(shard, 1).Soon();

        await shard.AsReference<IGrainManagementExtension>().DeactivateOnIdle().Soon();
        _clock.Advance(Later);
        await _runs.Reaches(1).Soon();

        await _silos.Client.Schedules.RemoveAsync("s").Soon();
        await RemindersOfAsync(shard, 0).Soon();
    }

    private IReminderTable Table => _silos.Cluster.Silos[0].ServiceProvider.GetRequiredService<IReminderTable>();

    private async Task RemindersOfAsync(IGrain grain, int count)
    {
        while ((await Table.ReadRows(grain.GetGrainId())).Reminders.Count != count) await Task.Yield();
    }
}
