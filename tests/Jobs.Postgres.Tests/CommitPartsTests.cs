using Jobs.Conformance;
using Jobs.Conformance.Comparison;
using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>Large commits are made in parts, side by side on two connections: each unit is as whole and as fenced as it would be alone.</summary>
public sealed class CommitPartsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const int Units = 40;
    private const int UnitChanges = 100;
    private const int AtOnce = 2;

    private static readonly PartitionKey Home = new("q", 0);

    private readonly string _schema = PostgresFixture.NewSchema();
    private readonly StoredJobs _jobs = new();
    private PostgresJobStore? _store;
    private NpgsqlDataSource? _database;

    private PostgresJobStore Store => _store!;

    public async ValueTask InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(postgres.Require());
        var connection = new NpgsqlConnectionStringBuilder(postgres.Require()) { ApplicationName = _schema }.ConnectionString;
        _store = new PostgresJobStore(connection, new PostgresOptions { Schema = _schema });
        await _store.OwnAsync(Home, "owner", default);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        await postgres.DropAsync(_schema);
    }

    [Fact]
    public async Task What_ends_is_written_side_by_side()
    {
        var ends = EndsOf(await InsertAsync());
        await using var held = await HoldAsync("partition");
        var commit = CommitAsync(ends);
        await WhenWaitingAsync();
        await held.DisposeAsync();

        Assert.All(await commit.Soon(), verdict => Assert.IsType<CommitVerdict.Committed>(verdict));
        await RequireAsync(waiting: 0, done: Units * UnitChanges);
    }

    [Fact]
    public async Task What_is_new_is_written_side_by_side()
    {
        await using var held = await HoldAsync("intake");
        var commit = CommitAsync(InsertsOf(NewJobs()));
        await WhenWaitingAsync();
        await held.DisposeAsync();

        Assert.All(await commit.Soon(), verdict => Assert.IsType<CommitVerdict.Committed>(verdict));
        await RequireAsync(waiting: Units * UnitChanges, done: 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(Units - 1)]
    public async Task A_unit_that_is_refused_is_refused_alone(int refused)
    {
        var jobs = await InsertAsync();
        jobs[refused][UnitChanges / 2] = _jobs.New();

        var verdicts = await CommitAsync(EndsOf(jobs)).Soon();

        for (var i = 0; i < Units; i++)
            Assert.Equal(i == refused ? new CommitVerdict.Conflict(jobs[i][UnitChanges / 2].Id) : CommitVerdict.Committed.Instance, verdicts[i]);
        await RequireAsync(waiting: UnitChanges, done: (Units - 1) * UnitChanges);
    }

    [Fact]
    public async Task A_part_whose_connection_is_lost_is_written_once_and_so_is_the_one_beside_it()
    {
        var ends = EndsOf(await InsertAsync());
        await using var held = await HoldAsync("partition");
        var commit = CommitAsync(ends);
        await WhenWaitingAsync();
        await ScalarAsync($"select pg_terminate_backend(pid) from pg_stat_activity where {Waiting} limit 1");
        await held.DisposeAsync();

        Assert.All(await commit.Soon(), verdict => Assert.IsType<CommitVerdict.Committed>(verdict));
        await RequireAsync(waiting: 0, done: Units * UnitChanges);
    }

    [Fact]
    public async Task An_owner_that_is_replaced_while_parts_are_under_way_writes_nothing()
    {
        var ends = EndsOf(await InsertAsync());
        await using var held = await HoldAsync("partition");
        var commit = CommitAsync(ends);
        await WhenWaitingAsync();
        await using (var seize = new NpgsqlCommand(
            $"select * from {_schema}.claim_partition('q', 0, 'other', 'other 1', interval '1 minute', true)", held.Connection))
            await seize.ExecuteNonQueryAsync();
        await held.CommitAsync();

        Assert.All(await commit.Soon(), verdict => Assert.Equal(new CommitVerdict.Fenced(Home), verdict));
        await RequireAsync(waiting: Units * UnitChanges, done: 0);
    }

    [Theory]
    [InlineData(19, 100, 1)]
    [InlineData(20, 100, 2)]
    [InlineData(40, 100, 4)]
    [InlineData(1, 5000, 1)]
    [InlineData(3, 5000, 3)]
    [InlineData(2999, 1, 2)]
    public void A_run_is_cut_into_parts_of_about_a_thousand_changes(int units, int changes, int parts)
    {
        CommitUnit[] run = [.. Enumerable.Range(0, units).Select(_ => new Unit([.. Enumerable.Repeat(0, changes).Select(_ => StoredJobs.Insert(_jobs.New()))]))];

        var cut = CommitParts.Of(run);

        Assert.Equal(parts, cut.Count);
        Assert.Equal(run, cut.SelectMany(part => part));
        Assert.All(cut, part => Assert.InRange(part.Count, units / parts - 1, units / parts + 1));
    }

    [Fact]
    public void A_run_that_wants_a_unique_key_is_one_part()
    {
        var unit = new Unit(StoredJobs.Insert(_jobs.New(uniqueKey: "a")));
        CommitUnit[] run = [.. InsertsOf(NewJobs()), unit];

        Assert.Same(run, Assert.Single(CommitParts.Of(run)));
    }

    private string Waiting => $"application_name = '{_schema}' and wait_event_type = 'Lock'";

    private JobRecord[][] NewJobs() => [.. Enumerable.Range(0, Units).Select(_ => Enumerable.Range(0, UnitChanges).Select(_ => _jobs.New()).ToArray())];

    private static CommitUnit[] InsertsOf(JobRecord[][] jobs) => [.. jobs.Select(some => new Unit([.. some.Select(job => StoredJobs.Insert(job))]))];

    private static CommitUnit[] EndsOf(JobRecord[][] jobs) =>
        [.. jobs.Select(some => new Unit([.. some.Select(job => StoredJobs.Change(job, StoredJobs.Ended(StoredJobs.Started(job))))]))];

    private async Task<JobRecord[][]> InsertAsync()
    {
        var jobs = NewJobs();
        Assert.All(await CommitAsync(InsertsOf(jobs)).Soon(), verdict => Assert.IsType<CommitVerdict.Committed>(verdict));
        return jobs;
    }

    private Task<IReadOnlyList<CommitVerdict>> CommitAsync(CommitUnit[] units) => Task.Run(() => Store.CommitAsync(units, default).AsTask());

    /// <summary>Keeps commits from passing the fence.</summary>
    private async Task<Hold> HoldAsync(string table)
    {
        var connection = await _database!.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand($"select 1 from {_schema}.{table} for update", connection);
        await hold.ExecuteNonQueryAsync();
        return new Hold(connection, transaction);
    }

    /// <summary>Completes when as many transactions as may be are before the fence.</summary>
    private async Task WhenWaitingAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var count = _database!.CreateCommand($"select count(*) from pg_stat_activity where {Waiting}");
        while (await count.ExecuteScalarAsync(patience.Token) is not (long)AtOnce)
        {
        }
    }

    private async Task RequireAsync(long waiting, long done)
    {
        Assert.Equal(waiting, await ScalarAsync($"select count(*) from {_schema}.job"));
        Assert.Equal(done, await ScalarAsync($"select count(*) from {_schema}.job_done"));
        Assert.Equal(waiting, (await Store.OwnAsync(Home, "owner", default)).UnfinishedJobs);
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _database!.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private sealed class Hold(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        internal NpgsqlConnection Connection => connection;

        internal Task CommitAsync() => transaction.CommitAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
