using Jobs.Conformance;

namespace Jobs.Core.Tests.Embedded;

/// <summary>What happens while an engine opens the queues of a store that holds jobs.</summary>
public sealed class EmbeddedStartTests
{
    private static readonly TaskDefinition<string> Parent = TaskDefinition.Create<string>("parent");
    private static readonly TaskDefinition<string> Child = TaskDefinition.Create<string>("child");

    [Fact]
    public async Task No_job_runs_before_its_handler_could_use_the_service()
    {
        var store = new InMemoryJobStore();
        await using var first = await EmbeddedJobs.StartAsync(b => b
            .UseStore(_ => store).Queue("early", q => q.Concurrency = 0).Handle(Parent, (_, _) => Task.CompletedTask));
        var handle = await first.Client.EnqueueAsync(Parent, "x", o => o.On("early"));
        await first.StopAsync();

        var attempted = new Signal();
        EmbeddedEngine? second = null;
        await using var engine = second = EmbeddedJobs.Create(b => b
            .UseStore(_ => new SlowToOpen(store, "late", attempted))
            .Queue("early", _ => { })
            .Queue("late", _ => { })
            .Handle(Child, (_, _) => Task.CompletedTask)
            .Handle(Parent, async (_, _) =>
            {
                attempted.Set();
                await second!.Client.EnqueueAsync(Child, "x");
            }));
        await engine.StartAsync().Soon();
        var job = await engine.Client.WaitAsync(handle.Id).Soon();
        Assert.Equal((JobState.Completed, 0, null), (job.State, job.Failures, job.LastError?.Message));
    }

    /// <summary>Gives jobs of the queues before ample opportunity to run while it opens one queue.</summary>
    private sealed class SlowToOpen(IJobStore inner, QueueName slow, Signal attempted) : StoreDecorator(inner)
    {
        public override async ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation)
        {
            for (var i = 0; partition.Queue == slow && i < 10_000 && !attempted.Task.IsCompleted; i++) await Task.Yield();
            return await base.ClaimAsync(partition, claim, cancellation);
        }
    }
}
