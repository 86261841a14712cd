namespace Jobs.Core.Tests.Queueing;

/// <summary>What happens to a job or a group while a page, or a look into the store, is under way.</summary>
public sealed class PagingGuardTests
{
    private static readonly PartitionLimits Small = new() { WindowReadyJobs = 4, WindowDueJobs = 4, WindowGroupJobs = 2 };

    [Fact]
    public async Task A_page_that_is_older_than_the_end_of_a_group_in_memory_gives_nobody_its_turn()
    {
        await using var bench = new PartitionBench(Small);
        var first = bench.Insert("a", "group");
        bench.Ask(first.Id, JobAction.Cancel);
        for (var i = 0; i < 8; i++) bench.Insert("a");
        var second = bench.Insert("b", "group");
        bench.Reopen();
        var pages = new List<PageRequest>();
        while (bench.Partition.NextPage(bench.Now) is { } page) pages.Add(page);
        var pageOfB = Assert.Single(pages, page => page.Name == "b");
        var jobsOfB = bench.Read(pageOfB);
        Assert.Equal(second.Id, Assert.Single(jobsOfB).Id);
        foreach (var page in pages.Where(page => page != pageOfB)) bench.Partition.PageLoaded(page, bench.Read(page), bench.Now);

        // The first one comes back, gets the turn, and finds no room behind the others of its lane: only the store has it then.
        bench.Now += TimeSpan.FromSeconds(1);
        bench.Ask(first.Id, JobAction.Retry);
        bench.Pump();
        Assert.Null(bench.Partition.Find(first.Id));
        bench.Partition.PageLoaded(pageOfB, jobsOfB, bench.Now);

        var ran = bench.RunAll();
        Assert.Equal(10, ran.Count);
        Assert.True(ran.IndexOf(first.Id) < ran.IndexOf(second.Id), "the second one of the group overtook the first");
    }

    [Fact]
    public async Task A_group_whose_next_job_came_by_itself_is_not_sought_in_the_store()
    {
        await using var bench = new PartitionBench(Small);
        var cancelled = bench.Insert("a", "group");
        bench.Ask(cancelled.Id, JobAction.Cancel);
        for (var i = 0; i < 4; i++) bench.Insert("a", "group");
        for (var i = 0; i < 2; i++) bench.Change(bench.Inserted[i + 1].Id, new JobEvent.Succeeded(null), Assert.Single(bench.Dispatch()).Deliveries);
        Assert.Equal(0, bench.Partition.WindowJobs);

        // The next ones are to be sought, and before that begins one is there that comes before them.
        bench.Ask(cancelled.Id, JobAction.Retry);

        Assert.Null(bench.Partition.NextPage(bench.Now));
        Assert.Equal([cancelled.Id, bench.Inserted[3].Id, bench.Inserted[4].Id], bench.RunAll());
    }

    [Fact]
    public async Task A_new_job_whose_change_is_refused_before_it_is_told_of_is_kept()
    {
        await using var bench = new PartitionBench();
        var job = bench.Draft();
        Assert.IsType<CommitVerdict.Committed>(bench.Commit(new JobTransition(null, job)));
        var change = bench.Plan(job.Id, new JobEvent.Asked(JobAction.ChangePriority(3)));
        bench.Partition.Inserted(job, bench.Now);

        bench.Partition.Abort(change, bench.Now);

        Assert.Equal(0, Assert.Single(bench.Dispatch()).Priority.Urgency);
    }

    [Fact]
    public async Task A_group_that_is_being_read_may_bring_what_waits()
    {
        await using var bench = new PartitionBench();
        bench.Reopen();
        bench.Insert("a", "group");
        PageRequest? ofGroup = null;
        while (bench.Partition.NextPage(bench.Now) is { } request)
        {
            if (request.Kind is PageKind.Group) ofGroup = request;
            else bench.Partition.PageLoaded(request, bench.Read(request), bench.Now);
        }

        Assert.Empty(bench.Partition.WaitingOf(_ => true));
        Assert.True(bench.Partition.IsReadingAny(_ => true));
        bench.Partition.PageLoaded(ofGroup!, bench.Read(ofGroup!), bench.Now);
        Assert.False(bench.Partition.IsReadingAny(_ => true));
        Assert.Equal(1, Assert.Single(bench.Partition.WaitingOf(_ => true)).WaitingJobs);
    }
}
