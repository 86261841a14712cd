using Jobs.Core;

namespace Jobs.Conformance.Stores;

/// <summary>Removing finished records whose time is over (D6).</summary>
public abstract class PruneContract(IStoreFixture fixture) : StoreContract(fixture)
{
    private static readonly RetentionPolicy OneMinute = RetentionPolicy.For(Minute);

    [Fact]
    public async Task A_record_is_kept_for_its_time_and_no_longer()
    {
        var brief = await FinishedAsync(NewJob(retention: OneMinute), new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        var lasting = await FinishedAsync(NewJob(retention: RetentionPolicy.For(3 * Minute)), new JobEvent.Dropped("x"));
        Assert.Equal(0, await PruneAsync(Now + Minute - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(1, await PruneAsync(Now + Minute));
        Assert.Null(await FindAsync(brief.Id));
        Assert.NotNull(await FindAsync(lasting.Id));
        Assert.Equal(1, await PruneAsync(Now + (3 * Minute)));
        Assert.Equal(0, await PruneAsync(Now + (4 * Minute)));
        Assert.Equal(new JobCounts(), await Store.CountAsync(null, Now, CancellationToken.None));
    }

    [Fact]
    public async Task Dead_and_unfinished_jobs_are_never_pruned()
    {
        var dead = await FinishedAsync(NewJob(retention: OneMinute), Failed(retryable: false));
        var waiting = await CommitOneAsync(Insert(NewJob(retention: OneMinute)));
        var running = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob(retention: OneMinute)))));
        Assert.Equal(0, await PruneAsync(Now + TimeSpan.FromDays(10_000)));
        foreach (var job in (JobRecord[])[dead, waiting, running]) Assert.NotNull(await FindAsync(job.Id));
    }

    [Fact]
    public async Task A_job_that_came_back_is_not_pruned_by_its_earlier_end()
    {
        var cancelled = await CommitOneAsync(Ask(await CommitOneAsync(Insert(NewJob(retention: OneMinute))), JobAction.Cancel));
        var back = await CommitOneAsync(Ask(cancelled, JobAction.Retry));
        Assert.Equal(0, await PruneAsync(Now + Minute));
        AssertSame(back, await RequireAsync(back.Id));
        var running = Change(back, new JobEvent.Started("worker"), Now + Minute).Transition.After!;
        await CommitAsync(Change(running, new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null), Now + Minute));
        Assert.Equal(0, await PruneAsync(Now + Minute));
        Assert.Equal(1, await PruneAsync(Now + (2 * Minute)));
    }

    private async Task<int> PruneAsync(DateTimeOffset now) => await Store.PruneAsync(now, CancellationToken.None);
}
