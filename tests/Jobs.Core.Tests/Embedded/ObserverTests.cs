using Jobs.Conformance;
using Jobs.Testing;

namespace Jobs.Core.Tests.Embedded;

public sealed class ObserverTests
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");

    [Fact]
    public async Task A_step_is_told_when_it_is_committed_and_not_before()
    {
        var told = new Recording<string>();
        var gate = new StoreGate();
        var ran = new Signal();
        var holds = true;
        await using var service = await EmbeddedJobs.StartAsync(jobs => jobs
            .UseInMemory()
            .DecorateStore(store => new FaultyJobStore(
                store, FaultPlan.When(call => Volatile.Read(ref holds) && call.Kind is StoreCallKind.Commit, StoreFault.Hold(gate))))
            .AddObserver(new Listener(told))
            .Handle(Work, (string _) => ran.Set()));

        var enqueue = service.Client.EnqueueAsync(Work, "x").AsTask();
        var insert = await gate.NextAsync().Soon();
        Assert.Empty(told.Items);
        insert.Release();
        var handle = await enqueue.Soon();
        await ran.Task.Soon();
        await told.Reaches(2).Soon();

        // The handler has returned, and the write of its end is held: the start is told, the end is not.
        var end = await gate.NextAsync().Soon();
        Assert.Equal(["Enqueued", "Started"], told.Items);
        Volatile.Write(ref holds, false);
        end.Release();
        gate.Open();
        await handle.WaitAsync().Soon();
        Assert.Equal(["Enqueued", "Started", "Completed"], await told.Reaches(3).Soon());
    }

    private sealed class Listener(Recording<string> told) : IJobObserver
    {
        public void Enqueued(JobSnapshot job) => told.Add("Enqueued");

        public void Started(JobSnapshot job) => told.Add("Started");

        public void Completed(JobSnapshot job) => told.Add("Completed");
    }
}
