using Jobs.Core;

namespace Jobs.Conformance.Stores;

/// <summary>
/// Who commits for a partition need not be who claimed it: a commit is judged by the epochs that it names, whatever store it comes through.
/// A store that one process keeps for itself is its own second one.
/// </summary>
public abstract class SharingContract(IStoreFixture fixture) : StoreContract(fixture)
{
    private static readonly PartitionKey Away = new("away", 3);

    private readonly IStoreFixture _fixture = fixture;

    [Fact]
    public async Task A_store_that_claimed_nothing_commits_for_the_owners()
    {
        await OwnAsync(Away);
        await using var other = await OtherAsync();
        var (here, there) = (NewJob(), NewJob(Away));
        Assert.IsType<CommitVerdict.Committed>(await CommitAsync(other, Insert(here), Insert(there)));
        AssertSame(here, await RequireAsync(here.Id));
        AssertSame(there, await RequireAsync(there.Id));
        await CommitAsync(Start(here), Insert(NewJob(Away)));
        Assert.Equal((1, 2), ((await OwnAsync(Home)).UnfinishedJobs, (await OwnAsync(Away)).UnfinishedJobs));
    }

    [Fact]
    public async Task A_batch_over_the_partitions_of_two_stores_is_committed_by_either()
    {
        await using var other = await OtherAsync();
        var epoch = (await other.OwnAsync(Away, "another owner", default)).Epoch;
        foreach (var store in new[] { Store, other })
        {
            var (here, there) = (NewJob(), NewJob(Away));
            Assert.IsType<CommitVerdict.Committed>(await CommitAsync(store, Insert(here), Insert(there, epoch)));
            Assert.NotNull(await FindAsync(here.Id));
            Assert.NotNull(await FindAsync(there.Id));
        }
    }

    [Fact]
    public async Task Through_any_store_an_epoch_that_is_not_the_highest_changes_nothing()
    {
        await using var other = await OtherAsync();
        var early = Insert(NewJob());
        Assert.IsType<CommitVerdict.Committed>(await CommitAsync(other, Insert(NewJob())));
        await OwnAsync(Home, "successor");
        Assert.Equal(new CommitVerdict.Fenced(Home), await CommitAsync(other, early));
        Assert.IsType<CommitVerdict.Committed>(await CommitAsync(other, Insert(NewJob())));
        Assert.Null(await FindAsync(early.Transition.Job.Id));
    }

    [Fact]
    public async Task A_partition_that_nobody_has_claimed_is_fenced()
    {
        await using var other = await OtherAsync();
        foreach (var epoch in new[] { 1, 7 })
        {
            var (here, there) = (NewJob(), NewJob(Away));
            Assert.Equal(new CommitVerdict.Fenced(Away), await CommitAsync(other, Insert(here), Insert(there, epoch)));
            Assert.Null(await FindAsync(here.Id));
        }
    }

    [Fact]
    public async Task One_fenced_unit_of_many_is_refused_alone_although_others_own_the_partitions()
    {
        await OwnAsync(Away);
        await using var other = await OtherAsync();
        var late = Insert(NewJob(Away));
        await OwnAsync(Away, "successor");
        var verdicts = await other.CommitAsync([Unit(Insert(NewJob())), Unit(late), Unit(Insert(NewJob(Away)))], default);
        Assert.IsType<CommitVerdict.Committed>(verdicts[0]);
        Assert.Equal(new CommitVerdict.Fenced(Away), verdicts[1]);
        Assert.IsType<CommitVerdict.Committed>(verdicts[2]);
    }

    [Fact]
    public async Task An_owner_that_has_the_partition_again_commits_through_its_own_store()
    {
        await using var other = await OtherAsync();
        Assert.IsType<CommitVerdict.Committed>(await CommitAsync(other, Insert(NewJob())));
        var epoch = (await other.OwnAsync(Home, "successor", default)).Epoch;
        Assert.IsType<CommitVerdict.Committed>(await CommitAsync(other, Insert(NewJob(), epoch)));
        await OwnAsync(Home);
        await CommitAsync(Insert(NewJob()));
        Assert.Equal(new CommitVerdict.Fenced(Home), await CommitAsync(other, Insert(NewJob(), epoch)));
        Assert.Equal(3, (await Store.CountAsync(null, Now, default)).Pending);
    }

    private static async Task<CommitVerdict> CommitAsync(IJobStore store, params JobChange[] changes) =>
        Assert.Single(await store.CommitAsync([Unit(changes)], default));

    private static JobChange Insert(JobRecord job, long epoch) => new(new JobTransition(null, job), epoch);

    private static Comparison.Unit Unit(params JobChange[] changes) => new(changes);

    /// <summary>A store on the same data, as another process has it.</summary>
    private async ValueTask<IJobStore> OtherAsync() => Store.Capabilities.IsDurable ? await _fixture.CreateAsync() : Store;
}
