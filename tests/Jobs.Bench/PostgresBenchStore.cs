using System.Diagnostics;
using Jobs.Core;
using Jobs.Postgres;
using Jobs.Postgres.Tests;
using Npgsql;

namespace Jobs.Bench;

/// <summary>A schema of its own on a PostgreSQL server.</summary>
internal sealed class PostgresBenchStore : BenchStore
{
    /// <summary>Tables and indexes with their sizes; history has one table for each day, which count together.</summary>
    private const string Sizes = """
        select case when c.relname like 'job\_done\_%' then regexp_replace(c.relname, '^job_done_(other|[0-9]+)', 'job_done') else c.relname end as name,
               sum(pg_relation_size(c.oid))::bigint as bytes,
               sum(coalesce(s.n_live_tup, 0))::bigint as live, sum(coalesce(s.n_dead_tup, 0))::bigint as dead,
               sum(coalesce(s.vacuum_count + s.autovacuum_count, 0))::bigint as vacuums, bool_or(c.relkind = 'r') as is_table
        from pg_class c left join pg_stat_all_tables s on s.relid = c.oid
        where c.relnamespace = @schema::regnamespace and c.relkind in ('r', 'i') and c.relname like any (array['job%', 'partition'])
        group by 1 order by bool_or(c.relkind = 'r') desc, 1
        """;

    private readonly ThrowawayPostgres? _server;
    private readonly NpgsqlDataSource _database;
    private readonly string _connectionString;
    private readonly string _schema;
    private string _walAtStart = "0/0";

    private PostgresBenchStore(ThrowawayPostgres? server, string connectionString, string schema)
    {
        _server = server;
        _connectionString = connectionString;
        _schema = schema;
        _database = NpgsqlDataSource.Create(connectionString);
    }

    internal static async Task<PostgresBenchStore> StartAsync(BenchOptions options)
    {
        var server = options.Postgres is not null ? null : await ThrowawayPostgres.StartAsync()
            ?? throw new FormatException("PostgreSQL is not installed here. Say with --postgres how to reach a server.");
        var store = new PostgresBenchStore(server, options.Postgres ?? server!.ConnectionString, options.Schema ?? $"jobs_bench_{Guid.NewGuid():n}");
        try
        {
            await store.PrepareAsync();
            return store;
        }
        catch
        {
            await store.StopAsync();
            throw;
        }
    }

    internal string ConnectionString => _connectionString;

    internal string Schema => _schema;

    /// <summary>Empties the table of unfinished jobs, and leaves no dead rows of the rounds before, of which the first page would be slower.</summary>
    internal override async Task ClearAsync()
    {
        await ExecuteAsync($"delete from {_schema}.job");
        await ExecuteAsync($"vacuum {_schema}.job");
    }

    internal override IJobStore Open() => new PostgresJobStore(_connectionString, new PostgresOptions { Schema = _schema });

    internal override async Task<IReadOnlyList<(string Name, double Value)>> SizesAsync()
    {
        var row = new List<(string Name, double Value)>();
        await using var wal = _database.CreateCommand("select (pg_current_wal_lsn() - @start::pg_lsn)::bigint");
        wal.Parameters.AddWithValue("start", _walAtStart);
        row.Add(("wal_mb", (long)(await wal.ExecuteScalarAsync())! / BytesPerMegabyte));
        await using var sizes = _database.CreateCommand(Sizes);
        sizes.Parameters.AddWithValue("schema", _schema);
        await using var reader = await sizes.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var name = reader.GetString(0);
            if (reader.GetBoolean(5))
            {
                row.Add(($"{name}.live_tuples", reader.GetInt64(2)));
                row.Add(($"{name}.dead_tuples", reader.GetInt64(3)));
                row.Add(($"{name}.vacuums", reader.GetInt64(4)));
            }

            row.Add(($"{name}.mb", reader.GetInt64(1) / BytesPerMegabyte));
        }

        return row;
    }

    internal override async Task<List<double>?> BareCommitsAsync(int count, int bytes, bool withEnds, CancellationToken stop)
    {
        await ExecuteAsync($"create table {_schema}.bare (id int {(withEnds ? "primary key" : "not null")}, payload bytea not null)");
        await using var commits = await BareCommits.OpenAsync(_database, $"{_schema}.bare", bytes, withEnds, stop);
        var samples = new List<double>(count);
        for (var i = 0; i < count; i++) samples.Add((await commits.InsertAsync(i, stop)).TotalMilliseconds);
        await commits.EndAsync();
        await ExecuteAsync($"drop table {_schema}.bare");
        return samples;
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await ExecuteAsync($"drop schema if exists {_schema} cascade");
        }
        finally
        {
            await StopAsync();
        }
    }

    /// <summary>Sets the schema up outside of what is measured, and says on what terms the server writes.</summary>
    private async Task PrepareAsync()
    {
        await using var exists = _database.CreateCommand("select to_regnamespace(@schema) is not null");
        exists.Parameters.AddWithValue("schema", _schema);
        if (await exists.ExecuteScalarAsync() is true)
            throw new FormatException($"The schema '{_schema}' exists. It is dropped at the end, so --schema must name a new one.");
        await Migrator.MigrateAsync(_database, _schema);
        await using var settings = _database.CreateCommand(
            "select pg_current_wal_lsn()::text, format('PostgreSQL %s, fsync %s, synchronous_commit %s, shared_buffers %s', current_setting('server_version'), "
            + "current_setting('fsync'), current_setting('synchronous_commit'), current_setting('shared_buffers'))");
        await using var reader = await settings.ExecuteReaderAsync();
        await reader.ReadAsync();
        _walAtStart = reader.GetString(0);
        await Console.Error.WriteLineAsync(reader.GetString(1));
    }

    private async Task StopAsync()
    {
        await _database.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }
}
