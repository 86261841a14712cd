using Jobs.Core;

namespace Jobs.Conformance.Stores;

/// <summary>Who may write: the latest owner (rule I3), about the latest delivery (rule I4).</summary>
public abstract class FencingContract(IStoreFixture fixture) : StoreContract(fixture)
{
    [Fact]
    public async Task Each_owner_has_a_higher_epoch_than_the_one_before()
    {
        var epochs = new List<long>();
        for (var i = 0; i < 5; i++) epochs.Add((await OwnAsync(Home, $"owner {i}")).Epoch);
        Assert.Equal(epochs.Order().Distinct(), epochs);
    }

    [Fact]
    public async Task An_owner_before_changes_nothing()
    {
        var job = await CommitOneAsync(Insert(NewJob()));
        JobChange[] late = [Insert(NewJob()), Start(job), Ask(job, JobAction.Cancel), Ask(job, JobAction.Delete())];
        await OwnAsync(Home, "successor");
        foreach (var change in late) Assert.Equal(new CommitVerdict.Fenced(Home), await TryCommitAsync(change));
        AssertSame(job, await RequireAsync(job.Id));
        Assert.Equal(new JobCounts { Pending = 1 }, await Store.CountAsync(null, Now, CancellationToken.None));
        await CommitAsync(Start(job));
    }

    [Fact]
    public async Task One_fenced_change_refuses_its_unit_and_no_other()
    {
        PartitionKey other = new("other", 0);
        await OwnAsync(other);
        var stale = Insert(NewJob());
        await OwnAsync(Home, "successor");
        var (beside, apart) = (NewJob(other), NewJob(other));
        var verdicts = await TryCommitAllAsync([Insert(beside), stale], [Insert(apart)]);
        Assert.Equal(new CommitVerdict.Fenced(Home), verdicts[0]);
        Assert.IsType<CommitVerdict.Committed>(verdicts[1]);
        Assert.Null(await FindAsync(beside.Id));
        Assert.NotNull(await FindAsync(apart.Id));
    }

    [Fact]
    public async Task Of_several_reasons_the_fence_is_named()
    {
        PartitionKey other = new("other", 0);
        await OwnAsync(other);
        var taken = JobId.FromName("default", "taken");
        var gone = await CommitOneAsync(Insert(NewJob()));
        await CommitAsync(Insert(NewJob(id: taken)), Ask(gone, JobAction.Delete()));
        var stale = Insert(NewJob(other));
        await OwnAsync(other, "successor");
        Assert.Equal(new CommitVerdict.Fenced(other), await TryCommitAsync(Insert(NewJob(id: taken)), stale));
        Assert.Equal(new CommitVerdict.Fenced(other), await TryCommitAsync(Start(gone), stale));
    }

    [Fact]
    public async Task The_number_of_unfinished_jobs_is_right_after_every_kind_of_change()
    {
        var waiting = await CommitAsync([.. Enumerable.Range(0, 10).Select(_ => Insert(NewJob()))]);
        await TryCommitAllAsync([Insert(NewJob(unique: "k")), Insert(NewJob(unique: "k"))], [Insert(NewJob(unique: "k"))], [Insert(NewJob(unique: "l"))]);
        Assert.Equal(12, (await OwnAsync(Home)).UnfinishedJobs);
        var running = await CommitOneAsync(Start(waiting[0]));
        await CommitOneAsync(Change(running, Failed(retryable: true, Now + Minute)));
        await CommitOneAsync(Ask(waiting[1], JobAction.Delete()));
        var cancelled = await CommitOneAsync(Ask(waiting[2], JobAction.Cancel));
        Assert.Equal(10, (await OwnAsync(Home)).UnfinishedJobs);
        await CommitOneAsync(Ask(cancelled, JobAction.Retry));
        var dead = await FinishedAsync(NewJob(), Failed(retryable: false));
        await CommitOneAsync(Ask(dead, JobAction.Delete()));
        Assert.IsType<CommitVerdict.Conflict>(await TryCommitAsync(Insert(NewJob()), Start(waiting[1])));
        Assert.Equal(11, (await OwnAsync(Home)).UnfinishedJobs);
    }

    [Fact]
    public async Task Partitions_have_epochs_of_their_own()
    {
        PartitionKey sibling = new("default", 1);
        await OwnAsync(sibling);
        var job = NewJob();
        await OwnAsync(sibling, "successor");
        await CommitAsync(Insert(job));
    }

    [Fact]
    public async Task A_change_about_an_earlier_delivery_changes_nothing()
    {
        var job = await CommitOneAsync(Insert(NewJob()));
        var first = Start(job);
        var running = await CommitOneAsync(first);
        var back = await CommitOneAsync(Change(running, new JobEvent.GivenBack()));
        var again = await CommitOneAsync(Start(back));
        var beside = NewJob();
        Assert.Equal(
            new CommitVerdict.Conflict(job.Id), await TryCommitAsync(Insert(beside), Change(running, new JobEvent.Succeeded("late"u8.ToArray()))));
        Assert.Equal(new CommitVerdict.Conflict(job.Id), await TryCommitAsync(first));
        AssertSame(again, await RequireAsync(job.Id));
        Assert.Null(await FindAsync(beside.Id));
        await CommitAsync(Change(again, new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null)));
    }

    [Fact]
    public async Task A_change_of_a_job_that_is_not_where_it_was_changes_nothing()
    {
        var job = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob()))));
        var done = await CommitOneAsync(Change(job, new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null)));
        Assert.Equal(new CommitVerdict.Conflict(job.Id), await TryCommitAsync(Change(job, Failed(retryable: false))));
        AssertSame(done, await RequireAsync(job.Id));

        var dead = await FinishedAsync(NewJob(), Failed(retryable: false));
        var retry = Ask(dead, JobAction.Retry);
        await CommitAsync(retry);
        Assert.Equal(new CommitVerdict.Conflict(dead.Id), await TryCommitAsync(retry));

        var gone = await CommitOneAsync(Insert(NewJob()));
        var delete = Ask(gone, JobAction.Delete());
        await CommitAsync(delete);
        Assert.Equal(new CommitVerdict.Conflict(gone.Id), await TryCommitAsync(delete));
        Assert.Equal(new CommitVerdict.Conflict(gone.Id), await TryCommitAsync(Start(gone)));
        Assert.Null(await FindAsync(gone.Id));
    }

    [Fact]
    public async Task A_new_owner_learns_what_the_one_before_left()
    {
        var running = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob(task: "a")))));
        var between = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob(task: "b", group: "g")))));
        between = await CommitOneAsync(Change(between, Failed(retryable: true, Now + Minute)));
        await CommitAsync(Insert(NewJob(task: "c")), Insert(NewJob(task: "c", delay: Minute)));
        await FinishedAsync(NewJob(task: "done"), new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        var last = await CommitOneAsync(Insert(NewJob(task: "last")));
        await CommitAsync(Ask(last, JobAction.Delete()));

        var opening = await OwnAsync(Home, "successor");
        Assert.Equal((last.Sequence, 4), (opening.LastSequence, opening.UnfinishedJobs));
        Assert.Equal(["b", "c"], opening.Tasks.Order());
        Assert.Equal([running.Id, between.Id], opening.Started.Select(j => j.Id).Order());
        AssertSame(running, opening.Started.Single(j => j.Id == running.Id));
    }

    [Fact]
    public async Task An_unknown_partition_opens_empty()
    {
        var opening = await OwnAsync(new PartitionKey("never-seen", 7));
        Assert.Equal((0, 0), (opening.LastSequence, opening.UnfinishedJobs));
        Assert.Empty(opening.Tasks);
        Assert.Empty(opening.Started);
    }

    [Fact]
    public async Task Partitions_with_unfinished_jobs_are_listed()
    {
        PartitionKey second = new("second", 2), third = new("third", 0);
        await OwnAsync(second);
        await OwnAsync(third);
        Assert.Empty(await Store.ListPartitionsAsync(CancellationToken.None));
        await CommitAsync(Insert(NewJob()), Insert(NewJob()), Insert(NewJob(second)));
        await FinishedAsync(NewJob(third), new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        Assert.Equal([Home, second], (await Store.ListPartitionsAsync(CancellationToken.None)).OrderBy(p => p.Number));
    }
}
