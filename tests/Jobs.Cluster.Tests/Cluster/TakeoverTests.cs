using Jobs.Conformance;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Node;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>A partition goes to another silo while the silo that had it lives, and its handlers run on (rules I3, I5, I6).</summary>
public sealed class TakeoverTests : IAsyncDisposable
{
    private const int MaxMoves = 40;

    private static readonly PartitionKey Key = new(QueueName.Default, 0);
    private static readonly ResultTask<int, int> Double = ResultTask.Create<int, int>("double");
    private readonly Recording<int> _runs = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TestSilos _silos;
    private bool _runsForOthers = true;

    public TakeoverTests()
    {
        var store = new SharedStore(new InMemoryJobStore());
        _silos = new TestSilos(
            jobs =>
            {
                jobs.RunsForOthers = _runsForOthers;
                jobs.Queue(QueueName.Default, q => q.Concurrency = 1).Handle(Double, async (n, job) =>
                {
                    _runs.Add(n);
                    job.ReportProgress(50, "half");
                    if (n == 0) await _release.Task;
                    return 2 * n;
                });
            },
            () => store,
            TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        await _silos.DisposeAsync();
    }

    [Fact]
    public async Task What_runs_goes_on_when_its_partition_goes_to_another_silo_and_its_result_counts()
    {
        await _silos.StartAsync().Soon();
        var held = await _silos.Client.EnqueueAsync(Double, 0).Soon();
        await _runs.Reaches(1).Soon();
        var first = Owner();
        for (var moves = 0; Owner() == first; moves++)
        {
            Assert.True(moves < MaxMoves, "The partition never went to another silo.");
            await MoveAsync();
        }

        Assert.Equal(JobState.Running, (await _silos.Client.FindAsync(held.Id).Soon())!.State);
        _release.SetResult();
        var job = await held.WaitAsync().Soon();
        Assert.Equal((JobState.Completed, 1, 0, 0), (job.State, job.Deliveries, job.LostDeliveries, job.Failures));
        Assert.Equal(50, job.Progress?.Percent);
        Assert.Equal(0, await held.ResultAsync().Soon());
        Assert.Equal([0], _runs.Items);
    }

    [Fact]
    public async Task A_living_former_owner_starts_nothing_any_more_when_there_is_another_one()
    {
        // So that the others do not take what is ready there.
        _runsForOthers = false;
        await _silos.StartAsync().Soon();
        var handles = await _silos.Client.EnqueueManyAsync(Double, [.. Enumerable.Range(0, 20)]).Soon();
        await _runs.Reaches(1).Soon();
        var former = Owner();
        var served = former.Hosted.Single(hosted => hosted.Key == Key);
        try
        {
            await _silos.Nodes.First(node => node != former).OpenAsync(Key, _ => { }, default).Soon();
        }
        catch (PartitionLostException)
        {
            // The former owner has a job to report, and so a third one may have come behind the second already.
        }

        Assert.False(served.Runner.IsServing);
        served.Runner.Post(PartitionMail.Wake.Instance);
        _release.SetResult();
        foreach (var handle in handles) Assert.Equal(JobState.Completed, (await handle.WaitAsync().Soon()).State);
        var shown = await Task.WhenAll(handles.Select(handle => _silos.Client.FindAsync(handle.Id).AsTask())).Soon();
        Assert.All(shown, job => Assert.Equal((1, 0), (job!.Deliveries, job.LostDeliveries)));
        Assert.Equal(Enumerable.Range(0, 20), _runs.Items.Order());
    }

    [Fact]
    public async Task What_a_silo_wrote_to_the_former_owner_brings_it_no_jobs_when_it_has_the_partition_itself()
    {
        _runsForOthers = false;
        await _silos.StartAsync().Soon();
        var handles = await _silos.Client.EnqueueManyAsync(Double, [0, 1, 2]).Soon();
        await _runs.Reaches(1).Soon();

        // Sent before by a link that is gone: nobody reads the answer.
        var orders = await ReportToItselfAsync(new JobEvent.Succeeded("7"u8.ToArray()), new JobDelivery(handles[0].Id, 1));
        Assert.Equal((true, 0), (orders.IsTaken, orders.Jobs.Count));
        Assert.Equal(7, await handles[0].ResultAsync().Soon());
        _release.SetResult();
        foreach (var handle in handles) Assert.Equal(1, (await handle.WaitAsync().Soon()).Deliveries);
        Assert.Equal([0, 1, 2], _runs.Items.Order());
    }

    /// <summary>Has the owner get a report of its own worker, with free slots.</summary>
    private async Task<WorkerOrders> ReportToItselfAsync(JobEvent happened, JobDelivery delivery)
    {
        var owner = Owner();
        var report = new WorkerReport
        {
            Worker = owner.Links.Id,
            Number = WorkerLink.LastNumber + 1,
            Offer = new WorkerOffer(owner.Settings.WorkerName, [Double.Name], null, null),
            Slots = 10,
            Outcomes = [new WorkerOutcome(delivery, happened, TimeProvider.System.GetUtcNow())],
        };
        return await owner.ExchangeAsync(owner.Hosted.Single(hosted => hosted.Key == Key), report).Soon();
    }

    private SiloNode Owner() => _silos.Nodes.Single(node => node.Hosted.Any(hosted => hosted.Key == Key && hosted.Runner.IsServing));

    private async Task MoveAsync()
    {
        var owner = Owner();
        var hosted = owner.Hosted.Single(h => h.Key == Key);
        var target = _silos.Cluster.Silos.First(silo => silo.ServiceProvider.GetRequiredService<SiloNode>() != owner).SiloAddress;
        var grain = _silos.Grains.GetGrain<IQueuePartition>($"{Key.Queue}/{Key.Number}");
        RequestContext.Set(IPlacementDirector.PlacementHintKey, target);
        await grain.AsReference<IGrainManagementExtension>().MigrateOnIdle().AsTask().Soon();
        await hosted.Left.Soon();
        for (var tries = 0; ; tries++)
        {
            try
            {
                await grain.WakeAsync().Soon();
                return;
            }
            catch (Exception) when (tries < MaxMoves)
            {
                // A call that met the end of the activation before.
            }
        }
    }
}
