using Jobs.Conformance;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Hosting;
using Jobs.Grains.Node;
using Jobs.Grains.Placement;
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
    private SharedStore _store = new(new InMemoryJobStore());

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

    [Fact]
    public async Task One_that_cannot_be_opened_where_it_moves_keeps_no_other_waiting()
    {
        var silos = await StartAsync();
        var (from, to) = (silos.Cluster.Silos[0].ServiceProvider, silos.Cluster.Silos[1].ServiceProvider);
        var moving = from.GetRequiredService<SiloNode>().Hosted.Select(hosted => hosted.Key).Take(2).ToList();
        var mayOpen = new TaskCompletionSource();
        var opens = new TaskCompletionSource();
        _store.BeforeClaim = key =>
        {
            if (key != moving[0]) return Task.CompletedTask;
            opens.TrySetResult();
            return mayOpen.Task;
        };
        var first = MoveAsync(from, to, moving[0]);
        await opens.Task.Soon();
        var call = silos.Grains.GetGrain<IQueuePartition>($"default/{moving[0].Number}").ShowStartsAsync();

        Assert.True(await MoveAsync(from, to, moving[1]).Soon());

        Assert.Equal([moving[1]], to.GetRequiredService<SiloNode>().Hosted.Select(hosted => hosted.Key).Intersect(moving));
        Assert.False(first.IsCompleted || call.IsCompleted);
        mayOpen.SetResult();
        Assert.True(await first.Soon());
        await call.Soon();
        Assert.Equal(moving, to.GetRequiredService<SiloNode>().Hosted.Select(hosted => hosted.Key).Intersect(moving).OrderBy(moving.IndexOf));
    }

    [Fact]
    public async Task One_that_fails_to_open_where_it_moves_is_opened_by_whoever_calls_it()
    {
        var silos = await StartAsync();
        var (from, to) = (silos.Cluster.Silos[0].ServiceProvider, silos.Cluster.Silos[1].ServiceProvider);
        var moving = from.GetRequiredService<SiloNode>().Hosted.First().Key;
        var failures = 0;
        _store.BeforeClaim = key => key == moving && Interlocked.Increment(ref failures) == 1
            ? Task.FromException(new StoreUnavailableException("It fails as it should.", new IOException()))
            : Task.CompletedTask;

        Assert.True(await MoveAsync(from, to, moving).Soon());

        Assert.Equal(2, failures);
        Assert.Single(silos.Nodes, node => node.Hosted.Any(hosted => hosted.Key == moving));
    }

    [Fact]
    public async Task A_move_that_has_begun_is_not_taken_back_when_the_silo_is_told_to_stop()
    {
        var silos = await StartAsync();
        var (from, to) = (silos.Cluster.Silos[0].ServiceProvider, silos.Cluster.Silos[1].ServiceProvider);
        var moving = from.GetRequiredService<SiloNode>().Hosted.First().Key;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => MoveAsync(from, to, moving, new CancellationToken(canceled: true)).Soon());

        // Taken back, it would come to where it belongs, which is where it was.
        await silos.Grains.GetGrain<IQueuePartition>($"default/{moving.Number}").WakeAsync().Soon();
        Assert.Contains(moving, to.GetRequiredService<SiloNode>().Hosted.Select(hosted => hosted.Key));
    }

    [Fact]
    public async Task Moves_are_rehearsed_there_and_back()
    {
        var silos = await StartAsync();
        var rehearsal = silos.Cluster.Silos[0].ServiceProvider.GetRequiredService<MoveRehearsal>();
        var (here, there) = (silos.Cluster.Silos[0].SiloAddress, silos.Cluster.Silos[1].SiloAddress);
        Assert.Equal((here, there), await rehearsal.MoveAsync(here, there).Soon());
        Assert.Equal((there, here), await rehearsal.MoveAsync(there, here).Soon());
    }

    private static Task<bool> MoveAsync(
        IServiceProvider from, IServiceProvider to, PartitionKey partition, CancellationToken cancellation = default)
    {
        var handover = from.GetRequiredService<PartitionHandover>();
        var (grain, hosted) = handover.Here.Single(pair => pair.Value?.Key == partition);
        return handover.TryMoveAsync(grain, hosted, to.GetRequiredService<SiloMembers>().Self, TimeSpan.FromSeconds(30), cancellation);
    }

    /// <param name="settling">When partitions move to where they belong; null for never, so that they are somewhere whenever a test looks.</param>
    private async Task<TestSilos> StartAsync(TimeSpan? settling = null)
    {
        var store = _store = new SharedStore(new InMemoryJobStore());
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
