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
    private const int PartUnits = 10;
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
        await using var held = await HoldAsync("partition", "for no key update");
        var commit = CommitAsync(ends);
        await WhenWrittenAsync("job_done");
        await held.DisposeAsync();

        Assert.All(await commit.Soon(), verdict => Assert.IsType<CommitVerdict.Committed>(verdict));
        await RequireAsync(waiting: 1, done: Units * UnitChanges);
    }

    [Fact]
    public async Task What_is_new_is_written_side_by_side()
    {
        await using var held = await HoldAsync("intake", "for no key update");
        var commit = CommitAsync(InsertsOf(NewJobs()));
        await WhenWrittenAsync("job");
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
        await RequireAsync(waiting: UnitChanges + 1, done: (Units - 1) * UnitChanges);
    }

    [Fact]
    public async Task A_unit_that_the_server_fails_on_fails_its_part_alone()
    {
        var jobs = await InsertAsync();
        var ends = EndsOf(jobs);
        ends[0] = Unwritable(jobs[0]);

        var verdicts = await CommitAsync(ends).Soon();

        Assert.All(verdicts.Take(PartUnits), verdict => Assert.IsType<CommitVerdict.Failed>(verdict));
        Assert.All(verdicts.Skip(PartUnits), verdict => Assert.IsType<CommitVerdict.Committed>(verdict));
        await RequireAsync(waiting: (PartUnits * UnitChanges) + 1, done: (Units - PartUnits) * UnitChanges);
    }

    [Fact]
    public async Task If_the_server_fails_on_every_part_the_commit_fails()
    {
        var jobs = await InsertAsync();
        var ends = EndsOf(jobs);
        for (var i = 0; i < Units; i += PartUnits) ends[i] = Unwritable(jobs[i]);

        await Assert.ThrowsAsync<PostgresException>(() => CommitAsync(ends).Soon());
        await RequireAsync(waiting: (Units * UnitChanges) + 1, done: 0);
    }

    [Fact]
    public async Task A_part_whose_connection_is_lost_is_written_once_and_so_is_the_one_beside_it()
    {
        var ends = EndsOf(await InsertAsync());
        await using var held = await HoldAsync("partition", "for no key update");
        var commit = CommitAsync(ends);
        await WhenWrittenAsync("job_done");
        await ScalarAsync($"select pg_terminate_backend(pid) from pg_stat_activity where {Waiting} limit 1");
        await held.DisposeAsync();

        Assert.All(await commit.Soon(), verdict => Assert.IsType<CommitVerdict.Committed>(verdict));
        await RequireAsync(waiting: 1, done: Units * UnitChanges);
    }

    [Fact]
    public async Task A_takeover_waits_for_the_parts_that_are_under_way_and_stops_the_others()
    {
        var ends = EndsOf(await InsertAsync());
        await using var held = await HoldAsync("partition", "for no key update");
        var commit = CommitAsync(ends);
        await WhenWrittenAsync("job_done");
        var seizing = ScalarAsync(Seize);
        await WhenAsync(3, "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and strpos(query, '{schema}.') > 0");
        await held.DisposeAsync();
        await seizing.Soon();

        var verdicts = await commit.Soon();
        Assert.All(verdicts.Take(AtOnce * PartUnits), verdict => Assert.IsType<CommitVerdict.Committed>(verdict));
        Assert.All(verdicts.Skip(AtOnce * PartUnits), verdict =>
            Assert.True(verdict is CommitVerdict.Committed || verdict.Equals(new CommitVerdict.Fenced(Home)), $"{verdict}"));
        var committed = verdicts.Count(verdict => verdict is CommitVerdict.Committed) * UnitChanges;
        await RequireAsync(waiting: (Units * UnitChanges) - committed + 1, done: committed);
    }

    [Fact]
    public async Task An_owner_that_was_replaced_writes_nothing()
    {
        var ends = EndsOf(await InsertAsync());
        await using var held = await HoldAsync("partition", "for update");
        var commit = CommitAsync(ends);
        await WhenWaitingAsync();
        await using (var seize = new NpgsqlCommand(Seize, held.Connection)) await seize.ExecuteNonQueryAsync();
        await held.CommitAsync();

        Assert.All(await commit.Soon(), verdict => Assert.Equal(new CommitVerdict.Fenced(Home), verdict));
        await RequireAsync(waiting: (Units * UnitChanges) + 1, done: 0);
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
        CommitUnit[] run = InsertsOf([.. Enumerable.Range(0, units).Select(_ => Enumerable.Range(0, changes).Select(_ => _jobs.New()).ToArray())]);

        var cut = CommitParts.Of(run);

        Assert.Equal(parts, cut.Count);
        Assert.Equal(run, cut.SelectMany(part => part));
        Assert.All(cut, part => Assert.InRange(part.Count, (units / parts) - 1, (units / parts) + 1));
    }

    [Fact]
    public void A_run_that_wants_a_unique_key_is_one_part()
    {
        var unit = new Unit(StoredJobs.Insert(_jobs.New(uniqueKey: "a")));
        CommitUnit[] run = [.. InsertsOf(NewJobs()), unit];

        Assert.Same(run, Assert.Single(CommitParts.Of(run)));
    }

    private string Seize => $"select * from {_schema}.claim_partition('q', 0, 'other', 'other 1', interval '1 minute', true)";

    private string Waiting => $"application_name = '{_schema}' and wait_event_type = 'Lock'";

    private JobRecord[][] NewJobs() => [.. Enumerable.Range(0, Units).Select(_ => Enumerable.Range(0, UnitChanges).Select(_ => _jobs.New()).ToArray())];

    private static CommitUnit[] InsertsOf(JobRecord[][] jobs) => [.. jobs.Select(some => new Unit([.. some.Select(job => StoredJobs.Insert(job))]))];

    private static CommitUnit[] EndsOf(JobRecord[][] jobs) =>
        [.. jobs.Select(some => new Unit([.. some.Select(job => StoredJobs.Change(job, StoredJobs.Ended(StoredJobs.Started(job))))]))];

    /// <summary>A unit with a text that PostgreSQL does not take.</summary>
    private static Unit Unwritable(JobRecord[] jobs) =>
        new([.. jobs.Select(job => StoredJobs.Change(job, StoredJobs.Ended(StoredJobs.Started(job)) with { Worker = "\0" }))]);

    /// <summary>Jobs that wait, and one that goes on waiting.</summary>
    private async Task<JobRecord[][]> InsertAsync()
    {
        var jobs = NewJobs();
        var verdicts = await CommitAsync([.. InsertsOf(jobs), new Unit(StoredJobs.Insert(_jobs.New()))]).Soon();
        Assert.All(verdicts, verdict => Assert.IsType<CommitVerdict.Committed>(verdict));
        return jobs;
    }

    private Task<IReadOnlyList<CommitVerdict>> CommitAsync(CommitUnit[] units) => Task.Run(() => Store.CommitAsync(units, default).AsTask());

    /// <summary>Locks the row of the partition: for no key update against the fence, for update against all that a part does.</summary>
    private async Task<Hold> HoldAsync(string table, string strength)
    {
        var connection = await _database!.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand($"select 1 from {_schema}.{table} {strength}", connection);
        await hold.ExecuteNonQueryAsync();
        return new Hold(connection, transaction);
    }

    /// <summary>Completes when as many transactions as go on at once wait.</summary>
    private Task WhenWaitingAsync() => WhenAsync(AtOnce, $"select count(*) from pg_stat_activity where {Waiting}");

    /// <summary>Completes when as many transactions as go on at once have written to a table, and wait.</summary>
    private Task WhenWrittenAsync(string table) => WhenAsync(AtOnce, $"""
        select count(*) from pg_stat_activity a join pg_locks l on l.pid = a.pid
        where {Waiting} and l.granted and l.mode = 'RowExclusiveLock' and l.relation = '{_schema}.{table}'::regclass
        """);

    private async Task WhenAsync(long count, string sql)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var look = _database!.CreateCommand(sql.Replace("{schema}", _schema, StringComparison.Ordinal));
        while (await look.ExecuteScalarAsync(patience.Token) is not long found || found != count)
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
