using Jobs.Postgres.Tests;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace Jobs.Postgres.Tests;

/// <summary>The server of this test run; each test takes a schema of its own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private static int _schemas;

    /// <summary>The server; null if PostgreSQL is not installed and none was named.</summary>
    public ThrowawayPostgres? Server { get; private set; }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Server = await ThrowawayPostgres.StartAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
    }

    /// <summary>A name that no other test of any run uses.</summary>
    public static string NewSchema() => $"jobs_test_{Guid.NewGuid():n}_{Interlocked.Increment(ref _schemas)}"[..40];

    /// <summary>Removes a schema that a test used.</summary>
    public async ValueTask DropAsync(string schema)
    {
        if (Server is null) return;
        await using var database = NpgsqlDataSource.Create(Server.ConnectionString);
        await using var drop = database.CreateCommand($"drop schema if exists {schema} cascade");
        await drop.ExecuteNonQueryAsync();
    }

    /// <summary>How to connect; skips the test loudly if there is no server.</summary>
    public string Require()
    {
        if (Server is null) Assert.Skip("PostgreSQL is not installed and JOBS_TEST_POSTGRES names no server.");
        return Server.ConnectionString;
    }
}
