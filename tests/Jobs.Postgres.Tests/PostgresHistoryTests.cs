using Jobs.Conformance.Comparison;
using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>History by days: made ahead, dropped whole, and never at the cost of the jobs that are unfinished.</summary>
public sealed class PostgresHistoryTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly DateTimeOffset Day = new(2030, 5, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly PartitionKey Home = new("q", 0);

    private readonly string _schema = PostgresFixture.NewSchema();
    private readonly StoredJobs _jobs = new();
    private NpgsqlDataSource? _database;
    private PostgresJobStore? _store;

    private NpgsqlDataSource Database => _database!;

    private PostgresJobStore Store => _store!;

    public async ValueTask InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(postgres.Require());
        _store = NewStore();
        await Store.OwnAsync(Home, "owner", CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        await postgres.DropAsync(_schema);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Today_and_the_next_days_have_tables_before_anything_ends_on_them()
    {
        var today = TimeProvider.System.GetUtcNow();
        await AssertTablesAsync($"job_done_{today.AddDays(1):yyyyMMdd}", $"job_done_{today.AddDays(2):yyyyMMdd}");
        await PruneAsync(Day.AddHours(7));
        await AssertTablesAsync("job_done_20300501", "job_done_20300502", "job_done_20300503", "job_done_20300504");
        var done = await EndedAsync(Day.AddDays(1).AddTicks(-10));
        var next = await EndedAsync(Day.AddDays(1));
        Assert.Equal("job_done_20300501", await TableOfAsync(done.Id));
        Assert.Equal("job_done_20300502", await TableOfAsync(next.Id));
    }

    [Fact]
    public async Task What_has_no_day_is_kept_and_pruned_all_the_same()
    {
        var lost = await EndedAsync(Day.AddDays(-400));
        Assert.Equal("job_done_other", await TableOfAsync(lost.Id));
        Assert.NotNull(await Store.FindAsync(lost.Id, CancellationToken.None));
        Assert.Equal(1, await PruneAsync(Day));
        Assert.Null(await Store.FindAsync(lost.Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_day_with_records_that_came_before_its_table_is_left_without_one()
    {
        var early = await EndedAsync(Day.AddHours(1));
        await PruneAsync(Day.AddHours(2));
        var tables = await TablesAsync();
        Assert.DoesNotContain("job_done_20300501", tables);
        Assert.Contains("job_done_20300502", tables);
        Assert.Equal("job_done_other", await TableOfAsync(early.Id));
    }

    [Fact]
    public async Task A_record_on_its_way_while_its_day_is_made_arrives()
    {
        await using var other = await Database.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using var open = new NpgsqlCommand($"select {_schema}.open_days('2030-05-01', 1)", other);
        Assert.Equal(1, await open.ExecuteScalarAsync());
        var ending = Task.Run(() => EndedAsync(Day.AddHours(1)));
        await UntilSomebodyWaitsAsync("job_done_other").WaitAsync(TimeSpan.FromSeconds(180));
        await transaction.CommitAsync();
        var done = await ending.WaitAsync(TimeSpan.FromSeconds(180));
        Assert.Equal("job_done_20300501", await TableOfAsync(done.Id));
    }

    [Fact]
    public async Task Processes_that_make_the_days_at_once_do_each_other_no_harm()
    {
        var stores = Enumerable.Range(0, 6).Select(_ => NewStore()).ToList();
        await Task.WhenAll(stores.Select(s => s.PruneAsync(new PruneRequest(Day), CancellationToken.None).AsTask())).WaitAsync(TimeSpan.FromSeconds(180));
        await AssertTablesAsync("job_done_20300501", "job_done_20300502", "job_done_20300503", "job_done_20300504");
        foreach (var store in stores) await store.DisposeAsync();
    }

    [Fact]
    public async Task A_day_is_dropped_whole_when_nothing_in_it_is_to_be_kept()
    {
        await PruneAsync(Day);
        var records = new List<JobRecord>();
        for (var hour = 1; hour < 24; hour++) records.Add(await EndedAsync(Day.AddHours(hour)));
        Assert.Equal(0, await PruneAsync(Day.AddDays(1).AddHours(12)));
        Assert.Contains("job_done_20300501", await TablesAsync());
        Assert.Equal(23, await PruneAsync(Day.AddDays(2)));
        Assert.DoesNotContain("job_done_20300501", await TablesAsync());
        Assert.Null(await Store.FindAsync(records[0].Id, CancellationToken.None));
    }

    [Fact]
    public async Task Processes_that_prune_at_once_do_each_other_no_harm()
    {
        await PruneAsync(Day);
        for (var day = 0; day < 3; day++) await EndedAsync(Day.AddDays(day), RetentionPolicy.For(TimeSpan.FromHours(1)));
        var stores = Enumerable.Range(0, 6).Select(_ => NewStore()).ToList();
        var request = new PruneRequest(Day.AddDays(30));
        var removed = await Task.WhenAll(stores.Select(s => Task.Run(async () => await s.PruneAsync(request, CancellationToken.None))))
            .WaitAsync(TimeSpan.FromSeconds(180));
        Assert.Equal(3, removed.Sum() + await PruneAsync(request.Now));
        foreach (var store in stores) await store.DisposeAsync();
    }

    [Fact]
    public async Task What_is_kept_longer_keeps_its_day_but_not_the_others_of_it()
    {
        await PruneAsync(Day);
        var brief = await EndedAsync(Day.AddHours(1));
        var lasting = await EndedAsync(Day.AddHours(2), RetentionPolicy.For(TimeSpan.FromDays(30)));
        Assert.Equal(1, await PruneAsync(Day.AddDays(2)));
        Assert.Null(await Store.FindAsync(brief.Id, CancellationToken.None));
        Assert.NotNull(await Store.FindAsync(lasting.Id, CancellationToken.None));
        Assert.Equal(1, await PruneAsync(Day.AddDays(31)));
        Assert.DoesNotContain("job_done_20300501", await TablesAsync());
    }

    [Fact]
    public async Task A_short_retention_does_not_wait_for_the_day()
    {
        await PruneAsync(Day);
        await EndedAsync(Day.AddHours(1), RetentionPolicy.For(TimeSpan.FromMinutes(5)));
        Assert.Equal(1, await PruneAsync(Day.AddHours(2)));
    }

    [Fact]
    public async Task A_day_that_is_being_read_stays_until_the_next_time_and_commits_do_not_wait()
    {
        await PruneAsync(Day);
        await EndedAsync(Day.AddHours(1));
        await using (var reader = await Database.OpenConnectionAsync())
        {
            await using var transaction = await reader.BeginTransactionAsync();
            await using var command = new NpgsqlCommand($"select count(*) from {_schema}.job_done", reader);
            await command.ExecuteScalarAsync();
            Assert.Equal(0, await PruneAsync(Day.AddDays(3)));
            await EndedAsync(Day.AddDays(3));
        }

        Assert.Equal(1, await PruneAsync(Day.AddDays(3)));
    }

    [Fact]
    public async Task Pruning_never_touches_unfinished_jobs()
    {
        var sql = new Statements(_schema);
        await PruneAsync(Day);
        for (var i = 0; i < 20; i++) await EndedAsync(Day.AddHours(1));
        await ExplainAsync(sql.HistoryDays, _ => { });
        await ExplainAsync(sql.HistoryEnds.Replace("{day}", "job_done_20300501", StringComparison.Ordinal), _ => { });
        await ExplainAsync(sql.PruneDay.Replace("{day}", "job_done_20300501", StringComparison.Ordinal), p =>
        {
            p.AddWithValue("as_of", Day.AddDays(1).UtcDateTime);
            p.AddWithValue("max_records", 5);
        });
        foreach (var table in (string[])["job_done", "job_dead"])
        {
            void Outcome(NpgsqlParameterCollection p)
            {
                p.AddWithValue("queue", "q");
                p.AddWithValue("state", (short)4);
                p.AddWithValue("kept", 5L);
                p.AddWithValue("finished_at", Day.AddDays(1).UtcDateTime);
                p.AddWithValue("sequence", 3L);
                p.AddWithValue("partition", 1);
                p.AddWithValue("max_records", 5);
                p.AddWithValue("record_bytes", HistoryLimit.RecordBytes);
                p.AddWithValue("bytes_left", 1_000L);
            }

            await ExplainAsync(sql.PruneBytes.Replace("{table}", table, StringComparison.Ordinal), Outcome);
            await ExplainAsync(sql.PruneSize.Replace("{table}", table, StringComparison.Ordinal), Outcome);
            await ExplainAsync(sql.PruneCutoff.Replace("{table}", table, StringComparison.Ordinal), Outcome);
            await ExplainAsync(sql.PruneBeyond.Replace("{table}", table, StringComparison.Ordinal), Outcome);
            await ExplainAsync(sql.PruneFull.Replace("{table}", table, StringComparison.Ordinal), Outcome);
            await ExplainAsync(sql.PrunePayloads.Replace("{table}", table, StringComparison.Ordinal), p =>
            {
                p.AddWithValue("as_of", Day.UtcDateTime);
                p.AddWithValue("ids", new[] { Guid.Empty });
                p.AddWithValue("first", Day.UtcDateTime);
                p.AddWithValue("last", Day.AddDays(1).UtcDateTime);
            });
            await ExplainAsync(sql.PruneRecords.Replace("{table}", table, StringComparison.Ordinal), p =>
            {
                p.AddWithValue("ids", new[] { Guid.Empty });
                p.AddWithValue("first", Day.UtcDateTime);
                p.AddWithValue("last", Day.AddDays(1).UtcDateTime);
            });
        }
    }

    [Fact]
    public async Task Pruning_reads_no_more_than_it_removes()
    {
        var sql = new Statements(_schema);
        await PruneAsync(Day);
        var partition = await ScalarAsync($"select id from {_schema}.partition");
        await ExecuteAsync($"""
            insert into {_schema}.job_done (id, partition_id, task, state, priority, run_at, sequence, enqueued_at, failures, deliveries,
              lost_deliveries, last_attempt, payload, terms, finished_at, keep_until)
            select gen_random_uuid(), {partition}, 't', 4, 0, now(), i, now(), 0, 1, 0, 1, '', '',
              timestamptz '2030-05-01Z' + i * interval '10 s', timestamptz '2030-06-01Z' + i * interval '10 s'
            from generate_series(1, 20000) i;
            analyze {_schema}.job_done
            """);
        await BoundedAsync(sql.HistoryEnds.Replace("{day}", "job_done_20300501", StringComparison.Ordinal), 4, _ => { });
        await BoundedAsync(sql.PruneDay.Replace("{day}", "job_done_20300501", StringComparison.Ordinal), 200, p =>
        {
            p.AddWithValue("as_of", Day.AddDays(60).UtcDateTime);
            p.AddWithValue("max_records", 100);
        });
        void Outcome(NpgsqlParameterCollection p)
        {
            p.AddWithValue("queue", "q");
            p.AddWithValue("state", (short)4);
            p.AddWithValue("kept", 100L);
            p.AddWithValue("finished_at", Day.AddDays(60).UtcDateTime);
            p.AddWithValue("sequence", 1L);
            p.AddWithValue("partition", 1);
            p.AddWithValue("max_records", 100);
        }

        // One record more is read of each table of a day, to know which of them goes on.
        await BoundedAsync(sql.PruneCutoff.Replace("{table}", "job_done", StringComparison.Ordinal), 120, Outcome);
        await BoundedAsync(sql.PruneBeyond.Replace("{table}", "job_done", StringComparison.Ordinal), 120, Outcome);
        await BoundedAsync(sql.PruneFull.Replace("{table}", "job_done", StringComparison.Ordinal), 120, Outcome);

        // Whoever empties payloads reads none of those that are empty, however many; whoever counts records reads both.
        await ExecuteAsync($"update {_schema}.job_done set payload_pruned_at = now() where sequence <= 15000; analyze {_schema}.job_done");
        await BoundedAsync(sql.PruneFull.Replace("{table}", "job_done", StringComparison.Ordinal), 120, Outcome);
        await BoundedAsync(sql.PruneCutoff.Replace("{table}", "job_done", StringComparison.Ordinal), 240, Outcome);
        await BoundedAsync(sql.PruneBeyond.Replace("{table}", "job_done", StringComparison.Ordinal), 240, Outcome);
    }

    [Fact]
    public async Task A_record_on_its_way_to_those_without_a_day_finds_the_day_that_is_opened_meanwhile()
    {
        var job = _jobs.New();
        await Store.CommitAsync([new Unit(StoredJobs.Insert(job))], CancellationToken.None);
        await using var connection = await Database.OpenConnectionAsync();
        await using var opening = await connection.BeginTransactionAsync();
        await using (var open = new NpgsqlCommand($"select {_schema}.open_days('2031-05-01', 1)", connection)) await open.ExecuteNonQueryAsync();

        var done = StoredJobs.Ended(job) with { FinishedAt = Day.AddYears(1).AddHours(7) };
        var ending = Store.CommitAsync([new Unit(StoredJobs.Change(job, done))], CancellationToken.None).AsTask();
        const string Waiting = "select count(*) from pg_locks l join pg_class c on c.oid = l.relation where not l.granted and c.relname = 'job_done_other'";
        while (!ending.IsCompleted && await ScalarAsync($"{Waiting} and c.relnamespace = '{_schema}'::regnamespace") is 0L)
        {
        }

        await opening.CommitAsync();
        Assert.IsType<CommitVerdict.Committed>((await ending.WaitAsync(TimeSpan.FromSeconds(180)))[0]);
        Assert.Equal("job_done_20310501", await TableOfAsync(job.Id));
    }

    private async Task BoundedAsync(string sql, int maxRows, Action<NpgsqlParameterCollection> bind)
    {
        var plan = await QueryPlan.OfAsync(Database, sql, bind);
        var rows = plan.Relations.Where(r => r.StartsWith("job_done", StringComparison.Ordinal)).Sum(plan.RowsOf);
        Assert.True(rows <= maxRows, $"{rows} rows\n{sql}\n{plan}");
    }

    private async Task ExplainAsync(string sql, Action<NpgsqlParameterCollection> bind)
    {
        var plan = await QueryPlan.OfAsync(Database, sql, bind);
        Assert.DoesNotContain("job", plan.Relations);
    }

    private PostgresJobStore NewStore() => new(postgres.Require(), new PostgresOptions { Schema = _schema });

    private async Task<int> PruneAsync(DateTimeOffset now) => await Store.PruneAsync(new PruneRequest(now), CancellationToken.None);

    private async Task<JobRecord> EndedAsync(DateTimeOffset at, RetentionPolicy? retention = null)
    {
        var job = _jobs.New();
        job = job with { Terms = job.Terms with { Retention = retention ?? RetentionPolicy.Default } };
        var done = StoredJobs.Ended(job) with { FinishedAt = at };
        Assert.IsType<CommitVerdict.Committed>((await Store.CommitAsync([new Unit(StoredJobs.Insert(job))], CancellationToken.None))[0]);
        Assert.IsType<CommitVerdict.Committed>((await Store.CommitAsync([new Unit(StoredJobs.Change(job, done))], CancellationToken.None))[0]);
        return done;
    }

    private async Task<List<string>> TablesAsync()
    {
        await using var command = Database.CreateCommand(new Statements(_schema).HistoryDays);
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new List<string>();
        while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        return tables;
    }

    private async Task UntilSomebodyWaitsAsync(string table)
    {
        while (await ScalarAsync($"select count(*) from pg_locks where not granted and relation = '{_schema}.{table}'::regclass") is 0L) await Task.Yield();
    }

    private async Task AssertTablesAsync(params string[] expected)
    {
        var tables = await TablesAsync();
        foreach (var table in expected) Assert.Contains(table, tables);
    }

    private async Task<string?> TableOfAsync(JobId id) =>
        (await ScalarAsync($"select c.relname::text from {_schema}.job_done d join pg_class c on c.oid = d.tableoid where d.id = '{id.ToGuid()}'")) as string;

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
