using Jobs.Core;

namespace Jobs.Conformance.Stores;

/// <summary>Finding, listing and counting.</summary>
public abstract class QueryContract(IStoreFixture fixture) : StoreContract(fixture)
{
    [Fact]
    public async Task An_unknown_id_is_not_found()
    {
        Assert.Null(await FindAsync(JobId.FromName("default", "nobody")));
        Assert.Null(await FindAsync(default));
    }

    [Fact]
    public async Task Many_are_found_at_once_wherever_they_are_and_what_is_not_there_is_left_out()
    {
        var waiting = NewJob();
        var running = NewJob();
        await CommitAsync(Insert(waiting), Insert(running));
        var started = await CommitOneAsync(Start(running));
        var completed = await FinishedAsync(NewJob(), new JobEvent.Succeeded("1"u8.ToArray()));
        var dead = await FinishedAsync(NewJob(), Failed(retryable: false));
        var deleted = NewJob();
        JobRecord[] stored = [await RequireAsync(waiting.Id), started, completed, dead];
        var found = await Store.FindManyAsync([deleted.Id, .. stored.Select(job => job.Id), JobId.FromName("default", "nobody")], CancellationToken.None);
        Assert.Equal(stored.Select(job => job.Id).Order(), found.Select(job => job.Id).Order());
        foreach (var job in stored) AssertSame(job, found.Single(other => other.Id == job.Id));
        Assert.Empty(await Store.FindManyAsync([], CancellationToken.None));
        Assert.Empty(await Store.FindManyAsync([deleted.Id], CancellationToken.None));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pages_of_a_list_follow_each_other_in_the_order_of_ids(bool newestFirst)
    {
        var ids = new List<JobId>();
        for (var i = 0; i < 25; i++)
        {
            var job = NewJob();
            ids.Add(job.Id);
            if (i % 3 == 0) await FinishedAsync(job, new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
            else await CommitAsync(Insert(job));
        }

        var read = new List<JobId>();
        var query = new JobQuery { PageJobs = 10, NewestFirst = newestFirst };
        while (await ListAsync(query) is { Count: > 0 } page)
        {
            Assert.True(page.Count <= 10);
            read.AddRange(page);
            query = query with { After = page[^1] };
        }

        Assert.Equal(newestFirst ? ids.OrderDescending() : ids.Order(), read);
    }

    [Fact]
    public async Task Every_condition_of_a_filter_must_hold()
    {
        PartitionKey side = new("side", 0);
        await OwnAsync(side);
        var early = NewJob(task: "a", tags: ["x", "y"], enqueuedAt: Now - Minute);
        var other = NewJob(side, task: "a", tags: ["y"]);
        var late = NewJob(task: "b", enqueuedAt: Now + Minute);
        await CommitAsync(Insert(early), Insert(other), Insert(late));
        await RequireListAsync(new JobQuery(), early, other, late);
        await RequireListAsync(new JobQuery { Queue = "default" }, early, late);
        await RequireListAsync(new JobQuery { Task = "a" }, early, other);
        await RequireListAsync(new JobQuery { Task = "a", Queue = "side" }, other);
        await RequireListAsync(new JobQuery { Tag = "y" }, early, other);
        await RequireListAsync(new JobQuery { Tag = "x" }, early);
        await RequireListAsync(new JobQuery { Tag = "none" });
        await RequireListAsync(new JobQuery { EnqueuedFrom = Now }, other, late);
        await RequireListAsync(new JobQuery { EnqueuedBefore = Now }, early);
        await RequireListAsync(new JobQuery { EnqueuedFrom = Now, EnqueuedBefore = Now + Minute }, other);
        await RequireListAsync(new JobQuery { Tag = "y", EnqueuedBefore = Now }, early);
    }

    [Fact]
    public async Task A_job_whose_time_has_come_is_pending_for_who_asks()
    {
        var scheduled = NewJob(delay: Minute);
        var retrying = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob()))));
        await CommitAsync(Insert(scheduled), Change(retrying, Failed(retryable: true, Now + Minute)));
        Assert.Equal(new JobCounts { Scheduled = 1, Retrying = 1 }, await Store.CountAsync(null, Now, CancellationToken.None));
        Assert.Equal(new JobCounts { Pending = 2 }, await Store.CountAsync(null, Now + Minute, CancellationToken.None));
        await RequireListAsync(new JobQuery { States = [JobState.Scheduled] }, scheduled);
        await RequireListAsync(new JobQuery { States = [JobState.Retrying, JobState.Pending] }, retrying);
        Assert.Equal(2, (await ListAsync(new JobQuery { States = [JobState.Pending] }, Now + Minute)).Count);
        Assert.Empty(await ListAsync(new JobQuery { States = [JobState.Scheduled, JobState.Retrying] }, Now + Minute));
    }

    [Fact]
    public async Task Every_state_is_counted_and_listed()
    {
        await CommitAsync(Insert(NewJob()), Insert(NewJob(delay: Minute)));
        await CommitAsync(Start(await CommitOneAsync(Insert(NewJob()))));
        var retrying = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob()))));
        await CommitAsync(Change(retrying, Failed(retryable: true, Now + Minute)));
        await FinishedAsync(NewJob(), new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        await FinishedAsync(NewJob(), Failed(retryable: false));
        await FinishedAsync(NewJob(), new JobEvent.Dropped("x"));
        await CommitAsync(Ask(await CommitOneAsync(Insert(NewJob())), JobAction.Cancel));
        var counts = await Store.CountAsync(null, Now, CancellationToken.None);
        foreach (var state in Enum.GetValues<JobState>())
        {
            Assert.Equal(1, counts[state]);
            Assert.Single(await ListAsync(new JobQuery { States = [state] }));
        }
    }

    [Fact]
    public async Task A_count_can_be_of_one_queue()
    {
        PartitionKey side = new("side", 0);
        await OwnAsync(side);
        await CommitAsync(Insert(NewJob()), Insert(NewJob()), Insert(NewJob(side)));
        Assert.Equal(2, (await Store.CountAsync("default", Now, CancellationToken.None)).Pending);
        Assert.Equal(1, (await Store.CountAsync("side", Now, CancellationToken.None)).Pending);
        Assert.Equal(new JobCounts(), await Store.CountAsync("nobody", Now, CancellationToken.None));
    }

    [Fact]
    public async Task A_backlog_is_what_is_unfinished_in_each_partition_and_since_when_the_oldest_is_due()
    {
        PartitionKey side = new("side", 0), second = new("side", 1), empty = new("empty", 0);
        foreach (var partition in (PartitionKey[])[side, second, empty]) await OwnAsync(partition);
        await CommitAsync(Insert(NewJob(delay: 3 * Minute)), Insert(NewJob(delay: Minute)), Insert(NewJob(side)));
        await CommitAsync(Start(await CommitOneAsync(Insert(NewJob()))));
        var retrying = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob()))));
        await CommitAsync(Change(retrying, Failed(retryable: true, Now + (2 * Minute))));
        await FinishedAsync(NewJob(), new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        await FinishedAsync(NewJob(), Failed(retryable: false));
        var other = await CommitOneAsync(Insert(NewJob(second)));

        PartitionKey[] asked = [Home, side, empty];
        Assert.Equal([new(Home, new JobCounts { Scheduled = 2, Running = 1, Retrying = 1 }, null), new(side, new JobCounts { Pending = 1 }, Now)],
            await BacklogAsync(asked, Now));
        Assert.Equal(new(Home, new JobCounts { Scheduled = 1, Pending = 2, Running = 1 }, Now + Minute), (await BacklogAsync(asked, Now + (2 * Minute)))[0]);
        Assert.Equal(new(second, new JobCounts { Pending = 1 }, other.RunAt), Assert.Single(await BacklogAsync([second], Now + Minute)));
        Assert.Empty(await BacklogAsync([empty], Now));
        Assert.Empty(await BacklogAsync([new("unknown", 7)], Now));
        Assert.Empty(await BacklogAsync([], Now));
    }

    private async Task<IReadOnlyList<PartitionBacklog>> BacklogAsync(IReadOnlyCollection<PartitionKey> partitions, DateTimeOffset asOf) =>
    [
        .. (await Store.ReadBacklogAsync(partitions, asOf, CancellationToken.None)).Where(b => b.Counts.Unfinished > 0)
            .OrderBy(b => b.Partition.ToString(), StringComparer.Ordinal),
    ];

    private async Task<IReadOnlyList<JobId>> ListAsync(JobQuery query, DateTimeOffset? asOf = null) =>
        [.. (await Store.ListAsync(query, asOf ?? Now, CancellationToken.None)).Select(j => j.Id)];

    private async Task RequireListAsync(JobQuery query, params JobRecord[] expected) =>
        Assert.Equal(expected.Select(j => j.Id).Order(), await ListAsync(query with { NewestFirst = false }));
}
