using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>
/// A database of its own whose commits the server counts (pg_stat_database) and whose statements it logs; so what is counted is what reached
/// the server, whoever sent it.
/// </summary>
internal sealed partial class ServerCounts : IAsyncDisposable
{
    private readonly ThrowawayPostgres _server;
    private readonly NpgsqlDataSource _outside;
    private readonly string _name = $"counted_{Guid.NewGuid():n}";
    private (long Commits, int Statements) _before;

    private ServerCounts(ThrowawayPostgres server)
    {
        _server = server;
        _outside = NpgsqlDataSource.Create(server.ConnectionString);
        ConnectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = _name }.ToString();
    }

    /// <summary>How to connect to the database.</summary>
    internal string ConnectionString { get; }

    internal static async Task<ServerCounts> StartAsync(ThrowawayPostgres server, string schema)
    {
        var counts = new ServerCounts(server);
        await counts.ExecuteAsync($"create database {counts._name}");
        await counts.ExecuteAsync($"alter database {counts._name} set log_statement = 'all'");
        await counts.ExecuteAsync($"alter database {counts._name} set log_parameter_max_length = 0");
        await using (var database = NpgsqlDataSource.Create(counts.ConnectionString)) await Migrator.MigrateAsync(database, schema);
        counts._before = await counts.ReadAsync();
        return counts;
    }

    /// <summary>What came since the start. Whoever used the database must have closed its connections: a session tells its counts at its end.</summary>
    internal async Task<(long Commits, int Statements)> SinceStartAsync()
    {
        var (commits, statements) = await ReadAsync();
        return (commits - _before.Commits, statements - _before.Statements);
    }

    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync($"drop database {_name} with (force)");
        await _outside.DisposeAsync();
    }

    private async Task<(long Commits, int Statements)> ReadAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await ScalarAsync("select count(*) from pg_stat_activity where backend_type = 'client backend' and datname = @name") > 0)
            patience.Token.ThrowIfCancellationRequested();
        var commits = await ScalarAsync("select xact_commit from pg_stat_database where datname = @name");

        // The log is the server's, for all databases; the statements of this one name its schema, which nobody else uses.
        var statements = 0;
        using var log = new StreamReader(new FileStream(_server.LogFile!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (await log.ReadLineAsync(patience.Token) is { } line)
        {
            if (Statement().IsMatch(line)) statements++;
        }

        return (commits, statements);
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var command = _outside.CreateCommand(sql);
        command.Parameters.AddWithValue("name", _name);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _outside.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex(@" LOG:  (statement|execute [^:]*): ")]
    private static partial Regex Statement();
}
