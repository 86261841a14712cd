using Jobs.Conformance;

namespace Jobs.Examples.Handlers;

/// <summary>Seed 004: the whole set of queues and handlers is replaced while jobs run, and none of them is dropped.</summary>
public abstract class UpgradeExampleContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly TaskDefinition<string> Sort = TaskDefinition.Create<string>("sort-parcel", o => o.Queue = "belt");

    [Fact]
    public async Task A_new_belt_takes_over_while_the_old_one_finishes()
    {
        var (old, fresh) = (new HeldHandler(), new Recording<string>());
        var engine = await StartAsync(b => b.Queue("belt", q => q.Concurrency = 1).Handle(Sort, old.RunAsync));
        var running = await engine.Client.EnqueueAsync(Sort, "heavy").Soon();
        await old.Runs.Reaches(1).Soon();

        await engine.Control.UpgradeAsync(belt => belt
            .Queue("belt", q => q.Concurrency = 4)
            .Handle(Sort, (string parcel, JobContext _) =>
            {
                fresh.Add(parcel);
                return Task.CompletedTask;
            })).Soon();
        await EndOf(await engine.Client.EnqueueAsync(Sort, "light").Soon());
        Assert.Equal(["light"], fresh.Items);
        Assert.Equal(JobState.Running, (await running.GetAsync().Soon()).State);
        old.Release();
        Assert.Equal((JobState.Completed, 1), await EndOf(running) is var done ? (done.State, done.Deliveries) : default);

        // Nothing named: nothing is served, and what is stored waits for the next set.
        var waiting = await engine.Client.EnqueueAsync(Sort, "late", o => o.After(Minute)).Soon();
        await engine.Control.UpgradeAsync(_ => { }).Soon();
        await Assert.ThrowsAsync<TaskNotRegisteredException>(() => engine.Client.EnqueueAsync(Sort, "unknown").Soon());
        await engine.Control.UpgradeAsync(belt => belt.Queue("belt").Handle(Sort, (_, _) => Task.CompletedTask)).Soon();
        Assert.Equal(JobState.Completed, (await AdvanceUntil(Minute, EndOf(waiting))).State);
    }
}
