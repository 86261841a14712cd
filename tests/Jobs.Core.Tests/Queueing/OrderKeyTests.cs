using Jobs.Core.Tests.States;

namespace Jobs.Core.Tests.Queueing;

public sealed class OrderKeyTests
{
    [Theory]
    [InlineData(PollStrategy.PriorityFirst, "urgent-late urgent-later old-normal same-normal new-normal")]
    [InlineData(PollStrategy.RunAtFirst, "old-normal same-normal new-normal urgent-late urgent-later")]
    [InlineData(PollStrategy.Fifo, "new-normal urgent-later old-normal same-normal urgent-late")]
    public void A_strategy_orders_due_jobs(PollStrategy strategy, string expected)
    {
        var jobs = new[]
        {
            Job("new-normal", sequence: 1, priority: 0, runAt: 5),
            Job("urgent-later", sequence: 2, priority: 7, runAt: 9),
            Job("old-normal", sequence: 3, priority: 0, runAt: 4),
            Job("same-normal", sequence: 4, priority: 0, runAt: 4),
            Job("urgent-late", sequence: 5, priority: 7, runAt: 8),
        };

        Assert.Equal(expected, string.Join(' ', jobs.OrderBy(j => OrderKey.Ready(j, strategy)).Select(j => j.Terms.Task)));
    }

    [Fact]
    public void The_extremes_of_priority_keep_their_order()
    {
        var most = OrderKey.Ready(Job("a", 2, int.MaxValue, 0), PollStrategy.PriorityFirst);
        var least = OrderKey.Ready(Job("a", 1, int.MinValue, 0), PollStrategy.PriorityFirst);

        Assert.True(OrderKey.First < most && most < least);
    }

    [Fact]
    public void Waiting_jobs_are_ordered_by_time_and_groups_by_sequence()
    {
        var early = Job("a", sequence: 9, priority: 0, runAt: 1);
        var late = Job("a", sequence: 3, priority: 9, runAt: 2);

        Assert.True(OrderKey.Due(early) < OrderKey.Due(late));
        Assert.True(OrderKey.Group(late) < OrderKey.Group(early));
    }

    [Fact]
    public void The_successor_is_the_very_next_place()
    {
        var key = OrderKey.Due(Job("a", 5, 0, 1));

        Assert.True(key < key.Successor && key.Successor <= OrderKey.Due(Job("a", 6, 0, 1)));
        Assert.True(key >= OrderKey.Due(Job("b", 5, 9, 1)) && key > OrderKey.First);
    }

    [Fact]
    public void A_place_and_a_page_request_can_be_printed()
    {
        var request = new PageRequest(
            new PartitionKey("emails", 3), PageKind.Ready, "a", new OrderKey(-1, 2, 3), 10, PollStrategy.Fifo, Sample.Now);

        Assert.Equal("-1/2/3", request.From.ToString());
        Assert.Contains("-1/2/3", request.ToString(), StringComparison.Ordinal);
    }

    private static JobRecord Job(string task, long sequence, int priority, int runAt) => Sample.New(JobState.Pending) with
    {
        Terms = Sample.Terms with { Task = task },
        Sequence = sequence,
        Priority = priority,
        RunAt = Sample.Now.AddSeconds(runAt),
    };
}
