using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>A store that is warmed up sends commits, and has written nothing afterwards.</summary>
public sealed class WarmUpTests(PostgresFixture postgres)
{
    private static readonly PartitionKey Home = new("home", 3);

    [Fact]
    public async Task Every_commit_is_refused_and_the_owner_writes_on()
    {
        const string schema = "warm_up";
        await using var store = new PostgresJobStore(postgres.Require(), new PostgresOptions { Schema = schema });
        await store.WarmUpAsync(CancellationToken.None);
        var claim = await store.ClaimAsync(Home, new OwnershipClaim("owner", TimeSpan.FromMinutes(1), EvenIfHeld: true), CancellationToken.None);
        var before = await ContentAsync(schema);

        await store.WarmUpAsync(CancellationToken.None);

        Assert.Equal(before, await ContentAsync(schema));
        var again = await store.ClaimAsync(Home, new OwnershipClaim("owner", TimeSpan.FromMinutes(1), EvenIfHeld: true), CancellationToken.None);
        Assert.Equal(EpochOf(claim) + 1, EpochOf(again));
    }

    private static long EpochOf(PartitionClaim claim) => Assert.IsType<PartitionClaim.Granted>(claim).Opening.Epoch;

    /// <summary>Every row of every table, with its version: a row that was written and taken back by a delete would show in the next one's.</summary>
    private async Task<string> ContentAsync(string schema)
    {
        await using var database = NpgsqlDataSource.Create(postgres.Require());
        var tables = new List<string>();
        await using (var names = database.CreateCommand($"select tablename from pg_tables where schemaname = '{schema}' order by 1"))
        await using (var reader = await names.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        }

        Assert.NotEmpty(tables);
        var content = new List<string>();
        foreach (var table in tables)
        {
            await using var rows = database.CreateCommand(
                $"select coalesce(string_agg(xmin || t::text, chr(10) order by t::text), '') from {schema}.{table} t");
            content.Add($"{table}: {await rows.ExecuteScalarAsync()}");
        }

        return string.Join('\n', content);
    }
}
