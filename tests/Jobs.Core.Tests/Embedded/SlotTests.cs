using Jobs.Conformance;
using Jobs.Core.Tests.Queueing;

namespace Jobs.Core.Tests.Embedded;

/// <summary>Slots that somebody took, and gave back without having used them.</summary>
public sealed class SlotTests
{
    private static readonly QueueName Queue = "q";
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");
    private static readonly TaskDefinition<string> Limited = TaskDefinition.Create<string>("limited", o => o.MaxConcurrency = 1);

    [Fact]
    public async Task A_slot_that_is_given_back_unused_wakes_a_partition_that_looked_for_one_meanwhile()
    {
        await using var engine = await StartAsync();
        var worker = engine.FindQueue(Queue)!.Worker!;
        Assert.Equal(1, worker.ReserveSlots(1));
        var job = await engine.Client.EnqueueAsync(Work, "x", o => o.On(Queue));
        await HungryAsync(engine).Soon();

        worker.ReleaseSlots(1);

        await job.WaitAsync().Soon();
    }

    [Fact]
    public async Task A_tasks_slot_that_is_given_back_unused_wakes_a_partition_of_any_queue()
    {
        await using var engine = await StartAsync();
        var other = engine.FindQueue(QueueName.Default)!.Worker!;
        Assert.True(other.TryReserveTask(Limited.Name));
        Assert.Equal(1, other.ReserveSlots(1));
        var job = await engine.Client.EnqueueAsync(Limited, "x", o => o.On(Queue));
        await HungryAsync(engine).Soon();

        other.ReleaseTask(Limited.Name);

        await job.WaitAsync().Soon();
    }

    [Fact]
    public async Task No_slot_is_taken_for_a_task_whose_limit_is_used()
    {
        await using var bench = new PartitionBench();
        bench.Insert("a");
        bench.Insert("b");
        var sink = new CountingSink();
        var assignments = new List<Assignment>();

        Assert.True(bench.Partition.Dispatch(sink, bench.Now, assignments));

        Assert.Equal("b", Assert.Single(assignments).Job.Terms.Task);
        Assert.Equal((1, 0), (sink.Taken, sink.GivenBack));
    }

    private static Task<EmbeddedEngine> StartAsync() => EmbeddedJobs.StartAsync(b => b
        .Queue(Queue, q =>
        {
            q.Partitions = 2;
            q.Concurrency = 1;
        })
        .Handle(Work, (_, _) => Task.CompletedTask)
        .Handle(Limited, (_, _) => Task.CompletedTask));

    private static async Task HungryAsync(EmbeddedEngine engine)
    {
        while (!engine.FindQueue(Queue)!.Partitions.Any(p => p.IsHungry)) await Task.Yield();
    }

    /// <summary>Task a has used its limit, task b has not.</summary>
    private sealed class CountingSink : IJobSink
    {
        internal int Taken { get; private set; }

        internal int GivenBack { get; private set; }

        public string Worker => "w";

        public bool IsTaking => true;

        public bool Supports(string task) => true;

        public bool HasTaskRoom(string task) => task != "a";

        public bool TryReserveTask(string task) => task != "a";

        public int ReserveSlots(int wanted)
        {
            Taken += wanted;
            return wanted;
        }

        public void ReleaseSlots(int count) => GivenBack += count;

        public void ReleaseTask(string task) => GivenBack++;

        public void Start(IReadOnlyList<Assignment> assignments) => throw new InvalidOperationException("Nothing is started here.");
    }
}
