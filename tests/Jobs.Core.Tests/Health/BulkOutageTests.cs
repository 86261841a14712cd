using Jobs.Conformance;

namespace Jobs.Core.Tests.Health;

/// <summary>An action on many jobs while the store is away.</summary>
public sealed class BulkOutageTests
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");

    [Fact]
    public async Task Failures_are_counted_and_end_the_call_and_a_later_one_does_the_rest()
    {
        var store = new OutageStore(new InMemoryJobStore());
        await using var engine = await EmbeddedJobs.StartAsync(b => b.UseStore(_ => store).Handle(Work, (_, _) => Task.CompletedTask)).Soon();
        var client = engine.Client;
        await client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 1500).Select(i => $"{i}")], o => o.After(TimeSpan.FromDays(1))).Soon();
        store.IsAway = true;
        var failed = await client.ApplyToAllAsync(new JobFilter(), JobAction.Cancel).Soon();
        Assert.Equal((0L, 1000L, false, BulkResult.MaxKeptFailures), (failed.Done, failed.Failed, failed.IsComplete, failed.Failures.Count));
        Assert.All(failed.Failures, failure => Assert.True(failure is { Job: not null, Error: StoreUnavailableException }));
        store.IsAway = false;
        var done = await client.ApplyToAllAsync(new JobFilter(), JobAction.Cancel).Soon();
        Assert.Equal((1500L, 0L, true), (done.Done, done.Failed, done.IsComplete));
    }
}
