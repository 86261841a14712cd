namespace Jobs.Core.Tests.Queueing;

/// <summary>
/// A page shows of each group only the job that comes first in the store. Whoever is behind it must not be forgotten when that one is, in
/// memory, not where the store has it.
/// </summary>
public sealed class HiddenHeirsTests
{
    private static readonly PartitionLimits Small = new() { WindowReadyJobs = 4, WindowDueJobs = 4, WindowGroupJobs = 2 };

    [Theory]
    [InlineData("cancel", 1)]
    [InlineData("reschedule", 1)]
    [InlineData("run now", 2)]
    [InlineData("refused", 2)]
    public async Task One_behind_a_job_that_became_due_during_its_change_is_found(string change, int runs)
    {
        await using var bench = new PartitionBench(Small);
        var first = bench.Insert("a", "group", afterSeconds: 10);
        var heir = InsertInStoreOnly(bench);
        var staged = bench.Plan(first.Id, new JobEvent.Asked(change switch
        {
            "cancel" => JobAction.Cancel,
            "reschedule" => JobAction.Reschedule(bench.Now.AddDays(1)),
            _ => JobAction.RunNow,
        }));
        bench.Now += TimeSpan.FromSeconds(11);
        Assert.DoesNotContain(heir.Id, bench.RunAll());

        if (change == "refused") bench.Partition.Abort(staged, bench.Now);
        else bench.Settle(staged);

        var ran = bench.RunAll();
        Assert.Equal(runs, ran.Count);
        Assert.Equal(heir.Id, ran[^1]);
    }

    [Fact]
    public async Task One_behind_a_job_that_comes_back_from_its_end_is_found()
    {
        await using var bench = new PartitionBench(Small);
        var first = bench.Insert("a", "group");
        bench.Ask(first.Id, JobAction.Cancel);
        var heir = InsertInStoreOnly(bench);
        var retry = bench.Plan(first.Id, new JobEvent.Asked(JobAction.Retry));
        Assert.IsType<CommitVerdict.Committed>(bench.Commit(retry.Transition));
        Assert.DoesNotContain(heir.Id, bench.RunAll());

        bench.Partition.Confirm(retry, bench.Now);

        Assert.Equal([first.Id, heir.Id], bench.RunAll());
    }

    [Fact]
    public async Task One_behind_a_new_job_that_took_its_number_before_it_is_found()
    {
        await using var bench = new PartitionBench(Small);
        var first = bench.Draft("a", "group");
        var heir = InsertInStoreOnly(bench);
        Assert.IsType<CommitVerdict.Committed>(bench.Commit(new JobTransition(null, first)));
        Assert.DoesNotContain(heir.Id, bench.RunAll());

        bench.Partition.Inserted(first, bench.Now);

        Assert.Equal([first.Id, heir.Id], bench.RunAll());
    }

    [Fact]
    public async Task One_that_became_due_behind_a_job_that_finds_no_room_any_more_is_found()
    {
        await using var bench = new PartitionBench(Small);
        var late = bench.Insert("b", "group", afterSeconds: 10);
        var turn = bench.Insert("a", "group");
        bench.Now += TimeSpan.FromSeconds(11);
        bench.Pump();
        for (var i = 0; i < 4; i++) bench.Insert("a", priority: 5);
        Assert.Null(bench.Partition.Find(turn.Id));

        var ran = bench.RunAll();

        Assert.Equal(6, ran.Count);
        Assert.True(ran.IndexOf(late.Id) < ran.IndexOf(turn.Id), "the one that was enqueued later overtook");
    }

    /// <summary>A job of the group for which the window of its lane has no room.</summary>
    private static JobRecord InsertInStoreOnly(PartitionBench bench)
    {
        for (var i = 0; i < 8; i++) bench.Insert("b");
        var job = bench.Insert("b", "group");
        bench.Pump();
        Assert.Null(bench.Partition.Find(job.Id));
        return job;
    }
}
