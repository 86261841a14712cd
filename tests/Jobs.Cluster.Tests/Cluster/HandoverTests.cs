using Jobs.Conformance;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Where partitions are, and where they go when silos come and go in order.</summary>
public sealed class HandoverTests : IAsyncDisposable
{
    private const int Partitions = 12;

    private static readonly ResultTask<int, int> Double = ResultTask.Create<int, int>("double");
    private static readonly TaskDefinition<string> Hold = TaskDefinition.Create<string>("hold");
    private readonly HeldHandler _held = new();
    private readonly Recording<int> _runs = new();
    private readonly List<TestSilos> _all = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var silos in _all) await silos.DisposeAsync();
    }

    [Fact]
    public async Task Partitions_are_spread_evenly()
    {
        var silos = await StartAsync();
        Assert.All(silos.Nodes, node => Assert.Equal(Partitions / TestSilos.Silos, node.Hosted.Count()));
    }

    [Fact]
    public async Task A_silo_that_stops_has_handed_everything_over_when_it_is_gone()
    {
        var silos = await StartAsync();
        var waiting = await silos.Client.EnqueueAsync(Double, 7, job => job.After(TimeSpan.FromHours(1))).Soon();
        var waiter = waiting.ResultAsync().AsTask();
        for (var i = 0; i < 6; i++)
        {
            await silos.Cluster.StartAdditionalSiloAsync().Soon();
            await silos.Cluster.StopSiloAsync(silos.Cluster.Silos[0]).Soon();
            Assert.Equal(Partitions, silos.Nodes.SelectMany(node => node.Hosted).Select(hosted => hosted.Key).Distinct().Count());
        }

        await silos.Client.RunNowAsync(waiting.Id).Soon();
        Assert.Equal(14, await waiter.Soon());
    }

    [Fact]
    public async Task What_runs_on_a_silo_that_stops_ends_there_and_its_waiter_hears_of_it()
    {
        var silos = await StartAsync();
        foreach (var round in Enumerable.Range(1, 4))
        {
            await silos.Cluster.StartAdditionalSiloAsync().Soon();
            var waiters = Enumerable.Range(0, Partitions).Select(i => silos.Client.RunAsync(Hold, $"{round}/{i}").AsTask()).ToList();
            var runs = await _held.Runs.Reaches(round * Partitions).Soon();
            var stopping = silos.Cluster.StopSiloAsync(silos.Cluster.Silos[0]);
            _held.Release(Partitions);
            await Task.WhenAll(waiters).Soon();
            await stopping.Soon();
            Assert.Equal(round * Partitions, runs.Count);
        }

        Assert.Equal(4 * Partitions, _held.Runs.Items.Count);
    }

    [Fact]
    public async Task Silos_that_all_stop_at_once_hand_over_nothing_and_hang_nowhere()
    {
        for (var round = 0; round < 6; round++)
        {
            var runs = _held.Runs.Items.Count;
            var silos = await StartAsync();
            var never = await silos.Client.EnqueueAsync(Double, 7, job => job.After(TimeSpan.FromHours(1))).Soon();
            var waiter = never.ResultAsync().AsTask();
            var held = new List<JobHandle>();
            for (var i = 0; i < Partitions; i++) held.Add(await silos.Client.EnqueueAsync(Hold, $"{i}").Soon());
            await _held.Runs.Reaches(runs + Partitions).Soon();
            var ends = held.Select(handle => handle.WaitAsync().AsTask()).ToList();
            foreach (var handle in held) await handle.GetAsync().Soon();
            var stopping = silos.StopAsync();
            _held.Release(Partitions);
            await stopping.Soon();
            foreach (var end in ends) Assert.Equal(JobState.Completed, (await end.Soon()).State);
            await Assert.ThrowsAsync<ServiceStoppedException>(() => waiter.Soon());
        }
    }

    [Fact]
    public async Task A_silo_that_joins_gets_its_part_while_jobs_run()
    {
        var silos = await StartAsync(settling: TimeSpan.FromMilliseconds(100));
        var done = 0;
        var sent = Task.Run(async () =>
        {
            for (; !Balanced(); done++) await silos.Client.RunAsync(Double, done);
        });
        await silos.Cluster.StartAdditionalSiloAsync().Soon();
        await sent.Soon();
        Assert.Equal(Enumerable.Range(0, done), _runs.Items.Order());

        bool Balanced() => silos.Nodes.Count() == 4 && silos.Nodes.All(node => node.Hosted.Count() == Partitions / 4);
    }

    /// <param name="settling">When partitions move to where they belong; null for never, so that they are somewhere whenever a test looks.</param>
    private async Task<TestSilos> StartAsync(TimeSpan? settling = null)
    {
        var store = new SharedStore(new InMemoryJobStore());
        var silos = new TestSilos(
            jobs => jobs.Queue("default", queue => (queue.Partitions, queue.Concurrency) = (Partitions, Partitions))
                .Handle(Hold, _held.RunAsync)
                .Handle(Double, (n, _) =>
                {
                    _runs.Add(n);
                    return Task.FromResult(2 * n);
                }),
            () => store,
            TimeProvider.System,
            more: silo => silo.Services.AddSingleton(
                GrainTimes.Default with { Settling = settling ?? Timeout.InfiniteTimeSpan, Balancing = TimeSpan.FromMilliseconds(500) }));
        _all.Add(silos);
        await silos.StartAsync().Soon();
        foreach (var number in Enumerable.Range(0, Partitions))
            await silos.Grains.GetGrain<IQueuePartition>($"default/{number}").WakeAsync().Soon();
        return silos;
    }
}
