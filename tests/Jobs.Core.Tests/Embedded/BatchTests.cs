using Jobs.Conformance;
using Jobs.Core.Tests.Errors;
using Jobs.Testing;

namespace Jobs.Core.Tests.Embedded;

public sealed class BatchTests
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");

    [Fact, Provokes(typeof(StoreUnavailableException))]
    public async Task Nothing_to_enqueue_asks_no_store()
    {
        var isAway = false;
        await using var service = await EmbeddedJobs.StartAsync(jobs => jobs
            .UseInMemory()
            .DecorateStore(store => new FaultyJobStore(store, FaultPlan.When(_ => isAway, StoreFault.FailBefore)))
            .Handle(Work, (string _) => { }));
        isAway = true;

        Assert.Empty(await service.Client.EnqueueManyAsync(Work, []).Soon());
        Assert.Empty(await service.Client.EnqueueBatchAsync([]).Soon());
        Assert.Empty(await service.Client.EnqueueAsync([]).Soon());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => service.Client.EnqueueManyAsync(Work, ["x"]).Soon());
        isAway = false;
    }
}
