using Jobs.Core;

namespace Jobs.Conformance.Stores;

/// <summary>Pages of waiting jobs, in each order that a partition reads them in.</summary>
public abstract class PageContract(IStoreFixture fixture) : StoreContract(fixture)
{
    public static TheoryData<PollStrategy> Strategies => [.. Enum.GetValues<PollStrategy>()];

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Ready_jobs_come_in_the_order_of_the_strategy(PollStrategy strategy)
    {
        var jobs = await MixedAsync(seed: 5);
        var request = Ready(strategy);
        var expected = jobs.OrderBy(request.KeyOf).Select(j => j.Id);
        Assert.Equal(expected, Ids(await LoadAsync(request)));
    }

    [Fact]
    public async Task The_strategy_may_be_another_one_the_next_time()
    {
        var jobs = await MixedAsync(seed: 6);
        foreach (var strategy in (PollStrategy[])[PollStrategy.Fifo, PollStrategy.PriorityFirst, PollStrategy.RunAtFirst, PollStrategy.Fifo])
        {
            var request = Ready(strategy);
            Assert.Equal(jobs.OrderBy(request.KeyOf).Select(j => j.Id), Ids(await LoadAsync(request)));
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Pages_follow_each_other_without_gap_or_overlap(PollStrategy strategy)
    {
        var jobs = await MixedAsync(seed: 7);
        foreach (var kind in (PageKind[])[PageKind.Due, PageKind.Ready])
        {
            var request = (kind is PageKind.Ready ? Ready(strategy) : Due(Now)) with { MaxJobs = 7 };
            var read = new List<JobRecord>();
            while (true)
            {
                var page = await LoadAsync(request);
                read.AddRange(page);
                if (page.Count < request.MaxJobs) break;
                request = request with { From = request.KeyOf(page[^1]).Successor };
            }

            var expected = kind is PageKind.Ready ? jobs : jobs.Where(j => j.State is JobState.Scheduled);
            Assert.Equal(expected.OrderBy(request.KeyOf).Select(j => j.Id), Ids(read));
        }
    }

    [Fact]
    public async Task A_page_holds_no_more_than_was_asked_for()
    {
        await MixedAsync(seed: 8);
        Assert.Equal(3, (await LoadAsync(Ready() with { MaxJobs = 3 })).Count);
        Assert.Empty(await LoadAsync(Ready() with { Name = "no such task" }));
        Assert.Empty(await LoadAsync(Ready() with { Partition = new PartitionKey("default", 1) }));
    }

    [Fact]
    public async Task Only_jobs_whose_time_has_come_are_ready_and_the_due_page_holds_all_that_are_not_stored_as_pending()
    {
        var now = NewJob();
        var soon = NewJob(delay: Minute);
        var later = NewJob(delay: 2 * Minute);
        await CommitAsync(Insert(now), Insert(later), Insert(soon));
        Assert.Equal([now.Id], Ids(await LoadAsync(Ready() with { AsOf = Now })));
        Assert.Equal([soon.Id, later.Id], Ids(await LoadAsync(Due(Now))));
        Assert.Equal([now.Id, soon.Id], Ids(await LoadAsync(Ready() with { AsOf = Now + Minute })));
        Assert.Equal([soon.Id, later.Id], Ids(await LoadAsync(Due(Now + Minute))));
        var running = await CommitOneAsync(Start(Change(soon, JobEvent.Due.Instance, Now + Minute).Transition.After!));
        Assert.Equal([later.Id], Ids(await LoadAsync(Due(Now + Minute))));
        Assert.Equal([now.Id], Ids(await LoadAsync(Ready() with { AsOf = Now + Minute })));
        await CommitAsync(Change(running, new JobEvent.GivenBack(), Now + Minute));
        Assert.Equal([now.Id, soon.Id], Ids(await LoadAsync(Ready() with { AsOf = Now + Minute })));
        Assert.Equal([later.Id], Ids(await LoadAsync(Due(Now + Minute))));
    }

    [Fact]
    public async Task Retrying_jobs_wait_like_scheduled_ones_and_running_ones_are_on_no_page()
    {
        var retrying = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob()))));
        await CommitAsync(Change(retrying, Failed(retryable: true, Now + Minute)));
        await CommitAsync(Start(await CommitOneAsync(Insert(NewJob()))));
        Assert.Empty(await LoadAsync(Ready() with { AsOf = Now }));
        Assert.Equal([retrying.Id], Ids(await LoadAsync(Due(Now))));
        Assert.Equal([retrying.Id], Ids(await LoadAsync(Ready() with { AsOf = Now + Minute })));
    }

    [Fact]
    public async Task Each_task_has_its_own_page()
    {
        var (a, b) = (NewJob(task: "a"), NewJob(task: "b"));
        await CommitAsync(Insert(a), Insert(b));
        Assert.Equal([a.Id], Ids(await LoadAsync(Ready() with { Name = "a" })));
        Assert.Equal([b.Id], Ids(await LoadAsync(Ready() with { Name = "b" })));
    }

    [Fact]
    public async Task Of_each_group_only_the_first_is_ready()
    {
        var (a1, b1, a2, free, b2) = (NewJob(group: "a"), NewJob(group: "b"), NewJob(group: "a", priority: 9), NewJob(), NewJob(group: "b"));
        await CommitAsync(Insert(a1), Insert(b1), Insert(a2), Insert(free), Insert(b2));
        Assert.Equal([a1.Id, b1.Id, free.Id], Ids(await LoadAsync(Ready())));
        await CommitAsync(Start(a1));
        Assert.Equal([a2.Id, b1.Id, free.Id], Ids(await LoadAsync(Ready())));
    }

    [Theory]
    [InlineData("tenant")]
    [InlineData("a \"quoted\" {key} \\ with ümlaut & <signs>'")]
    [InlineData("{\"limitKey\":\"other\"}")]
    public async Task Ready_jobs_of_one_limit_key_have_a_page_of_their_own(string key)
    {
        var jobs = Enumerable.Range(0, 9).Select(i => NewJob(limitKey: i % 3 == 0 ? key : i % 3 == 1 ? "other" : null, priority: i % 2)).ToArray();
        var due = NewJob(limitKey: key, delay: Minute, priority: 5);
        var behind = NewJob(limitKey: key, group: "g");
        var first = NewJob(limitKey: "other", group: "g");
        (first, behind) = (first with { Sequence = behind.Sequence }, behind with { Sequence = first.Sequence });
        var header = NewJob();
        header = header with { Terms = header.Terms with { Headers = new Dictionary<string, string> { ["limitKey"] = key } } };
        await CommitAsync([.. jobs.Select(Insert), Insert(due), Insert(first), Insert(behind), Insert(header), Insert(NewJob(task: "b", limitKey: key))]);
        var request = Ready() with { Kind = PageKind.Limited, LimitKey = key, AsOf = Now + Minute };
        Assert.Equal([jobs[3].Id, jobs[0].Id, jobs[6].Id], Ids(await LoadAsync(request with { AsOf = Now })));
        Assert.Equal([due.Id, jobs[3].Id, jobs[0].Id, jobs[6].Id], Ids(await LoadAsync(request)));
        Assert.Equal([jobs[0].Id], Ids(await LoadAsync(request with { From = OrderKey.Ready(jobs[0], PollStrategy.PriorityFirst), MaxJobs = 1 })));
        await CommitAsync(Ask(jobs[0], JobAction.Cancel), Start(jobs[3]));
        Assert.Equal([due.Id, jobs[6].Id], Ids(await LoadAsync(request)));
    }

    [Fact]
    public async Task A_group_is_read_in_the_order_of_enqueueing()
    {
        var jobs = Enumerable.Range(0, 10).Select(i => NewJob(group: "g", priority: i % 3, task: i % 2 == 0 ? "work" : "other")).ToArray();
        var late = NewJob(group: "g", delay: 2 * Minute);
        await CommitAsync([.. jobs.Select(Insert), Insert(late), Insert(NewJob(group: "stranger"))]);
        var request = new PageRequest(Home, PageKind.Group, "g", OrderKey.First, 100, PollStrategy.PriorityFirst, Now + Minute);
        Assert.Equal(jobs.Select(j => j.Id), Ids(await LoadAsync(request)));
        Assert.Equal([jobs[4].Id, jobs[5].Id], Ids(await LoadAsync(request with { From = OrderKey.Group(jobs[4]), MaxJobs = 2 })));
    }

    [Fact]
    public async Task Changes_move_a_job_between_the_pages()
    {
        var (a, b) = (NewJob(), NewJob());
        await CommitAsync(Insert(a), Insert(b));
        Assert.Equal([a.Id, b.Id], Ids(await LoadAsync(Ready())));
        await CommitAsync(Ask(b, JobAction.ChangePriority(1)));
        Assert.Equal([b.Id, a.Id], Ids(await LoadAsync(Ready())));
        await CommitAsync(Ask(a, JobAction.Reschedule(Now + (5 * Minute))));
        Assert.Equal([b.Id], Ids(await LoadAsync(Ready())));
        Assert.Equal([a.Id], Ids(await LoadAsync(Due(Now + Minute))));
        await CommitAsync(Ask(await RequireAsync(b.Id), JobAction.Cancel), Ask(await RequireAsync(a.Id), JobAction.Delete()));
        Assert.Empty(await LoadAsync(Ready()));
        Assert.Empty(await LoadAsync(Due(Now)));
    }

    private static PageRequest Ready(PollStrategy strategy = PollStrategy.PriorityFirst) =>
        new(Home, PageKind.Ready, "work", OrderKey.First, 1000, strategy, Now + Minute);

    private static PageRequest Due(DateTimeOffset asOf) => new(Home, PageKind.Due, "", OrderKey.First, 1000, PollStrategy.PriorityFirst, asOf);

    private static IEnumerable<JobId> Ids(IEnumerable<JobRecord> jobs) => jobs.Select(j => j.Id);

    private async Task<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request) => await Store.LoadAsync(request, CancellationToken.None);

    /// <summary>Jobs with a few priorities and times, half of them equal, all due within a minute.</summary>
    private async Task<JobRecord[]> MixedAsync(int seed)
    {
        var random = new Random(seed);
        var jobs = Enumerable.Range(0, 60)
            .Select(_ => NewJob(priority: random.Next(-2, 3), delay: TimeSpan.FromSeconds(random.Next(0, 4) * 20))).ToArray();
        await CommitAsync([.. jobs.Select(Insert)]);
        return jobs;
    }
}
