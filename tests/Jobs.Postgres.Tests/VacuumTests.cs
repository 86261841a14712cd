using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>The table of unfinished jobs is vacuumed by whoever makes its dead rows.</summary>
public sealed class VacuumTests(PostgresFixture postgres)
{
    private const int Jobs = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private static readonly TaskDefinition<int> NoOp = TaskDefinition.Create<int>("no-op");

    [Theory]
    [InlineData(Jobs / 2, true)]
    [InlineData(0, false)]
    public async Task The_table_is_vacuumed_after_so_many_jobs(int vacuumAfterJobs, bool isVacuumed)
    {
        var schema = PostgresFixture.NewSchema();
        var connectionString = postgres.Require();
        await using (var engine = await EmbeddedJobs.StartAsync(jobs => jobs
            .UsePostgres(connectionString, o => (o.Schema, o.VacuumAfterJobs) = (schema, vacuumAfterJobs))
            .Handle(NoOp, (_, _) => Task.CompletedTask)))
        {
            for (var i = 0; i < 4; i++)
            {
                var handles = await engine.Client.EnqueueManyAsync(NoOp, Enumerable.Range(0, Jobs / 2).ToArray()).AsTask().WaitAsync(Patience);
                foreach (var handle in handles) await handle.WaitAsync().AsTask().WaitAsync(Patience);
                if (isVacuumed && i == 1) await WhenVacuumedAsync(connectionString, schema).WaitAsync(Patience);
            }
        }

        Assert.Equal(isVacuumed, await VacuumsAsync(connectionString, schema) > 0);
        await postgres.DropAsync(schema);
    }

    [Fact]
    public async Task A_user_who_does_not_own_the_tables_goes_on_without()
    {
        var connectionString = postgres.Require();
        if (postgres.Server is not { IsOwn: true }) Assert.Skip("Another's server gets no new role.");
        var schema = PostgresFixture.NewSchema();
        await using var database = NpgsqlDataSource.Create(connectionString);
        await Migrator.MigrateAsync(database, schema);
        var role = $"guest_{Guid.NewGuid():n}";
        await using var grant = database.CreateCommand(
            $"create role {role} login; grant usage on schema {schema} to {role}; grant all on all tables in schema {schema} to {role}; "
            + $"grant all on all sequences in schema {schema} to {role}");
        await grant.ExecuteNonQueryAsync();
        var guest = new NpgsqlConnectionStringBuilder(connectionString) { Username = role }.ConnectionString;
        await using var engine = await EmbeddedJobs.StartAsync(jobs => jobs
            .UsePostgres(guest, o => (o.Schema, o.MigrateAtStart, o.VacuumAfterJobs) = (schema, false, 10))
            .Handle(NoOp, (_, _) => Task.CompletedTask));
        for (var i = 0; i < 3; i++)
        {
            foreach (var handle in await engine.Client.EnqueueManyAsync(NoOp, Enumerable.Range(0, 20).ToArray()).AsTask().WaitAsync(Patience))
                Assert.Equal(JobState.Completed, (await handle.WaitAsync().AsTask().WaitAsync(Patience)).State);
        }

        Assert.Equal(0, await VacuumsAsync(connectionString, schema));
    }

    private static async Task WhenVacuumedAsync(string connectionString, string schema)
    {
        while (await VacuumsAsync(connectionString, schema) == 0) await Task.Yield();
    }

    private static async Task<long> VacuumsAsync(string connectionString, string schema)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var count = new NpgsqlCommand("select vacuum_count from pg_stat_all_tables where schemaname = @schema and relname = 'job'", connection);
        count.Parameters.AddWithValue("schema", schema);
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
