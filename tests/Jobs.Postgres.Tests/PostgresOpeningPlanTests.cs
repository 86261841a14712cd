using Jobs.Conformance;
using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>Opening a partition costs the same however many jobs wait in it: every statement of it reads a bounded number of rows by index.</summary>
public sealed class PostgresOpeningPlanTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const int PageJobs = 100;
    private const int WaitingJobs = 20_000;

    private static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly string _schema = PostgresFixture.NewSchema();
    private NpgsqlDataSource? _database;
    private int _partition;

    private NpgsqlDataSource Database => _database!;

    public async ValueTask InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(postgres.Require());
        await Migrator.MigrateAsync(Database, _schema);
        await ExecuteAsync($"insert into {_schema}.partition (queue, number) values ('full', 0), ('empty', 0), ('started', 0)");
        await ExecuteAsync($"alter table {_schema}.job set (autovacuum_enabled = off)");

        // Every fifth job has a group, every seventh a limit key; of two tasks there is one job each.
        await ExecuteAsync($"""
            insert into {_schema}.job (id, partition_id, task, state, priority, run_at, sequence, major, minor, enqueued_at, group_key,
              failures, deliveries, lost_deliveries, last_attempt, payload, terms)
            select gen_random_uuid(), p.id, case i when 7 then 'rare' when 8 then 'seldom' else 't' || i % 3 end,
              i % 2, 0, timestamptz '2030-01-02 03:04:05Z' + (1 - i % 2) * interval '1 hour' + i * interval '1 ms', i, 0, i, now(),
              case when i % 5 = 0 then 'g' || i % 100 end, 0, 0, 0, 0, '',
              case when i % 7 = 0 then concat(chr(123), '"limitKey":"k', i % 4, '"', chr(125)) else '' end
            from generate_series(1, {2 * WaitingJobs}) i, {_schema}.partition p where p.queue = 'full'
            """);
        _partition = (int)(await ScalarAsync($"select id from {_schema}.partition where queue = 'full'"))!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
        await postgres.DropAsync(_schema);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_statement_reads_more_of_the_jobs_than_it_returns(bool withStatistics)
    {
        if (withStatistics) await ExecuteAsync($"analyze {_schema}.job");
        var sql = new Statements(_schema);
        await BoundedAsync(sql.OwnSummary, 2, OfPartition);
        await BoundedAsync(sql.OwnTasks, 16, OfPartition);
        await BoundedAsync(sql.OwnStarted, 0, OfPartition);
        await BoundedAsync(sql.ListPartitions, 16, _ => { });
        await BoundedAsync(sql.PageDue, PageJobs, p =>
        {
            OfPartition(p);
            p.AddWithValue("run_at", Now.UtcDateTime);
        });

        // A job of a group is looked at once more, for somebody of its group before it.
        await BoundedAsync(sql.PageReady, 3 * PageJobs, p =>
        {
            OfPartition(p);
            p.AddWithValue("name", "t1");
            p.AddWithValue("as_of", Now.UtcDateTime);
            p.AddWithValue("major", long.MinValue);
            p.AddWithValue("minor", long.MinValue);
        });
        await BoundedAsync(sql.PageLimited, 3 * PageJobs, p =>
        {
            OfPartition(p);
            p.AddWithValue("name", "t1");
            p.AddWithValue("as_of", Now.UtcDateTime);
            p.AddWithValue("major", long.MinValue);
            p.AddWithValue("minor", long.MinValue);
            p.AddWithValue("limit_key", "k1");
        });
    }

    [Fact]
    public async Task All_tasks_of_waiting_jobs_are_found()
    {
        await using var store = new PostgresJobStore(postgres.Require(), new PostgresOptions { Schema = _schema });
        var opening = await store.OwnAsync(new PartitionKey("full", 0), "owner", CancellationToken.None);
        Assert.Equal(["rare", "seldom", "t0", "t1", "t2"], opening.Tasks.Order(StringComparer.Ordinal));
        Assert.Empty((await store.OwnAsync(new PartitionKey("empty", 0), "owner", CancellationToken.None)).Tasks);
        Assert.Equal([new PartitionKey("full", 0)], await store.ListPartitionsAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_table_that_somebody_emptied_by_hand_leaves_no_count_behind()
    {
        await ExecuteAsync($"update {_schema}.partition set unfinished = 7 where queue in ('empty', 'full')");
        await using var store = new PostgresJobStore(postgres.Require(), new PostgresOptions { Schema = _schema });
        Assert.Equal(0, (await store.OwnAsync(new PartitionKey("empty", 0), "owner", CancellationToken.None)).UnfinishedJobs);
        Assert.Equal(7, (await store.OwnAsync(new PartitionKey("full", 0), "owner", CancellationToken.None)).UnfinishedJobs);
    }

    private void OfPartition(NpgsqlParameterCollection parameters)
    {
        parameters.AddWithValue("partition", _partition);
        parameters.AddWithValue("limit", PageJobs);
        parameters.AddWithValue("sequence", 0L);
    }

    private async Task BoundedAsync(string sql, int maxRows, Action<NpgsqlParameterCollection> bind)
    {
        var plan = await QueryPlan.OfAsync(Database, sql, bind);
        Assert.False(plan.Scans("job"), $"{sql}\n{plan}");

        // Jobs that were found and are then joined by id may be merged with all of them, when there are many.
        Assert.DoesNotContain("job_pkey", plan.ToString(), StringComparison.Ordinal);
        Assert.True(plan.RowsOf("job") <= maxRows, $"{sql}\n{plan}");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
