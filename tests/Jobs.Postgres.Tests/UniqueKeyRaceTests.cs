using Jobs.Conformance;
using Jobs.Conformance.Comparison;
using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>
/// A unique key is given back while a new job wants it. Jobs end beside the commits that take new ones in, so the job that has the key when
/// the new one is left out may have ended before anybody looks for it.
/// </summary>
public sealed class UniqueKeyRaceTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const int Rounds = 400;

    private static readonly PartitionKey Home = new("q", 0);
    private static readonly PartitionKey Beside = new("q", 1);

    private readonly string _schema = PostgresFixture.NewSchema();
    private readonly StoredJobs _jobs = new();
    private PostgresJobStore? _store;
    private NpgsqlDataSource? _database;

    private PostgresJobStore Store => _store!;

    public async ValueTask InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(postgres.Require());
        _store = new PostgresJobStore(postgres.Require(), new PostgresOptions { Schema = _schema });
        Assert.Equal(1, (await Store.OwnAsync(Home, "owner", default)).Epoch);
        Assert.Equal(1, (await Store.OwnAsync(Beside, "owner", default)).Epoch);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        await postgres.DropAsync(_schema);
    }

    [Fact]
    public async Task A_job_that_is_left_out_is_not_taken_for_committed_when_the_holder_of_its_key_ends_before_it_is_looked_for()
    {
        await using var counting = await HeldAsync("before update on {schema}.intake for each row when (new.unfinished > old.unfinished)");
        var holder = await InsertAsync(_jobs.New(uniqueKey: "a"));
        await counting.HoldAsync();
        var (late, other) = (_jobs.New(uniqueKey: "a"), _jobs.New(uniqueKey: "b"));
        var commit = CommitAsync(StoredJobs.Insert(late), StoredJobs.Insert(other));
        await counting.WhenWaitingAsync();
        await EndAsync(holder);
        await counting.LetGoAsync();

        var verdict = Assert.IsType<CommitVerdict.CommittedExcept>(await commit.Soon());
        Assert.Equal(new KeyValuePair<JobId, JobId>(late.Id, holder.Id), Assert.Single(verdict.Existing));
        Assert.Null(await Store.FindAsync(late.Id, default));
        Assert.NotNull(await Store.FindAsync(other.Id, default));
    }

    [Fact]
    public async Task A_job_that_is_left_out_for_one_that_came_and_went_meanwhile_is_taken_in_after_it()
    {
        await using var inserting = await HeldAsync("before insert on {schema}.job for each row when (new.task = 'late')");
        await using var counting = await HeldAsync(
            "before update on {schema}.intake for each row when (new.unfinished > old.unfinished and old.partition_id = 1)");
        await inserting.HoldAsync();
        await counting.HoldAsync();
        var (late, other) = (_jobs.New(uniqueKey: "a", task: "late"), _jobs.New(uniqueKey: "b", task: "late"));
        var commit = CommitAsync(StoredJobs.Insert(late), StoredJobs.Insert(other));
        await inserting.WhenWaitingAsync();
        var holder = await InsertAsync(_jobs.New(uniqueKey: "a", id: _jobs.NextId("q", Beside.Number)));
        await inserting.LetGoAsync();
        await counting.WhenWaitingAsync();
        await EndAsync(holder);
        await counting.LetGoAsync();

        Assert.IsType<CommitVerdict.Committed>(await commit.Soon());
        Assert.NotNull(await Store.FindAsync(late.Id, default));
        Assert.NotNull(await Store.FindAsync(other.Id, default));
        Assert.Equal(2, (await Store.OwnAsync(Home, "owner", default)).UnfinishedJobs);
    }

    [Fact]
    public async Task Owners_of_two_partitions_who_take_one_key_and_give_it_back_are_told_the_truth()
    {
        await using var other = new PostgresJobStore(postgres.Require(), new PostgresOptions { Schema = _schema });
        Assert.Equal(2, (await other.OwnAsync(Beside, "other", default)).Epoch);
        var (here, there) = (NewJobs(Home), NewJobs(Beside));
        await Task.WhenAll(Task.Run(() => TakeAndGiveBackAsync(Store, here, 1)), Task.Run(() => TakeAndGiveBackAsync(other, there, 2)));
    }

    private JobRecord[] NewJobs(PartitionKey partition) =>
        [.. Enumerable.Range(0, Rounds).Select(_ => _jobs.New(uniqueKey: "a", id: _jobs.NextId("q", partition.Number)))];

    /// <summary>Takes each job in, buries it, and brings it back from the dead once, as far as the other owner lets it.</summary>
    private static async Task TakeAndGiveBackAsync(PostgresJobStore store, JobRecord[] jobs, long epoch)
    {
        foreach (var job in jobs)
        {
            var taken = await CommitAsync(store, StoredJobs.Insert(job, epoch));
            Assert.True(taken is CommitVerdict.Committed or CommitVerdict.CommittedExcept, $"{taken}");
            Assert.Equal(taken is CommitVerdict.Committed, await store.FindAsync(job.Id, default) is not null);
            if (taken is not CommitVerdict.Committed) continue;

            var dead = await BuryAsync(job);
            var revived = await CommitAsync(store, StoredJobs.Change(dead, dead with { State = JobState.Pending, FinishedAt = null }, epoch));
            Assert.True(revived is CommitVerdict.Committed or CommitVerdict.KeyTaken, $"{revived}");
            if (revived is CommitVerdict.Committed) await BuryAsync(dead with { State = JobState.Pending, FinishedAt = null });
        }

        async Task<JobRecord> BuryAsync(JobRecord job)
        {
            var dead = StoredJobs.Ended(StoredJobs.Started(job), JobState.Dead);
            Assert.IsType<CommitVerdict.Committed>(await CommitAsync(store, StoredJobs.Change(job, dead, epoch)));
            return dead;
        }
    }

    private Task<CommitVerdict> CommitAsync(params JobChange[] changes) => CommitAsync(Store, changes);

    private static async Task<CommitVerdict> CommitAsync(PostgresJobStore store, params JobChange[] changes) =>
        Assert.Single(await store.CommitAsync([new Unit(changes)], default));

    private async Task<JobRecord> InsertAsync(JobRecord job)
    {
        Assert.IsType<CommitVerdict.Committed>(await CommitAsync(StoredJobs.Insert(job)).Soon());
        return job;
    }

    private async Task EndAsync(JobRecord job) =>
        Assert.IsType<CommitVerdict.Committed>(await CommitAsync(StoredJobs.Change(job, StoredJobs.Ended(StoredJobs.Started(job)))).Soon());

    private Task<HeldTrigger> HeldAsync(string when) => HeldTrigger.CreateAsync(_database!, _schema, when);
}
