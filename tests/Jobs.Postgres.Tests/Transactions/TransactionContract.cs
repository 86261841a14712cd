using Jobs.Conformance;
using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres.Tests.Transactions;

/// <summary>What the suites about callers' transactions share: a schema of their own, a table of the application's, services and connections.</summary>
public abstract class TransactionContract(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _open = [];

    protected string Schema { get; } = PostgresFixture.NewSchema();

    protected string ConnectionString => postgres.Require();

    /// <summary>The application's table: what it wrote, and for which job.</summary>
    protected string Orders => $"{Schema}.orders";

    public virtual async ValueTask InitializeAsync()
    {
        await using var database = NpgsqlDataSource.Create(ConnectionString);
        await Migrator.MigrateAsync(database, Schema);
        await ExecuteAsync($"create table {Orders} (name text not null)");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var open in Enumerable.Reverse(_open)) await open.DisposeAsync();
        await postgres.DropAsync(Schema);
        GC.SuppressFinalize(this);
    }

    /// <summary>A service on the schema, which gives up running handlers at once when it stops.</summary>
    protected async Task<EmbeddedEngine> StartAsync(Action<JobsBuilder>? configure = null)
    {
        var engine = EmbeddedJobs.Create(jobs =>
        {
            jobs.UsePostgres(ConnectionString, o => o.Schema = Schema);
            jobs.DrainTime = TimeSpan.Zero;
            jobs.StopTime = TimeSpan.Zero;
            configure?.Invoke(jobs);
        });
        _open.Add(engine);
        await engine.StartAsync().Soon();
        return engine;
    }

    protected PostgresJobProducer NewProducer()
    {
        var producer = new PostgresJobProducer(ConnectionString, o => o.Schema = Schema);
        _open.Add(producer);
        return producer;
    }

    protected async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        _open.Add(connection);
        await connection.OpenAsync();
        return connection;
    }

    protected async Task<NpgsqlTransaction> BeginAsync() => await (await ConnectAsync()).BeginTransactionAsync();

    protected async Task<long> CountAsync(string table)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"select count(*) from {table}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    protected async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    protected async Task WriteOrderAsync(NpgsqlConnection connection, string name)
    {
        await using var command = new NpgsqlCommand($"insert into {Orders} values (@name)", connection);
        command.Parameters.AddWithValue("name", name);
        await command.ExecuteNonQueryAsync();
    }
}
