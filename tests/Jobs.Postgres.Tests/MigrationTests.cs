using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>The schema is set up once, by whoever comes first, and never by a changed file.</summary>
public sealed class MigrationTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Many_processes_may_migrate_at_once_and_each_migration_is_applied_once()
    {
        await using var database = NpgsqlDataSource.Create(postgres.Require());
        var schema = PostgresFixture.NewSchema();

        var applied = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Migrator.MigrateAsync(database, schema)));

        Assert.Single(applied, names => names.Count > 0);
        Assert.Empty(await Migrator.MigrateAsync(database, schema));
    }

    [Fact]
    public async Task A_migration_that_is_not_the_applied_one_is_refused_with_its_name()
    {
        await using var database = NpgsqlDataSource.Create(postgres.Require());
        var schema = PostgresFixture.NewSchema();
        await Migrator.MigrateAsync(database, schema);
        await using var change = database.CreateCommand($"update {schema}.migration set checksum = 'other' where name = '0001_jobs'");
        await change.ExecuteNonQueryAsync();

        var error = await Assert.ThrowsAsync<MigrationChangedException>(() => Migrator.MigrateAsync(database, schema));

        Assert.Equal((schema, "0001_jobs"), (error.Schema, error.Migration));
        Assert.Contains("use another schema", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_of_a_newer_library_is_refused_with_what_is_new_in_it()
    {
        await using var database = NpgsqlDataSource.Create(postgres.Require());
        var schema = PostgresFixture.NewSchema();
        await Migrator.MigrateAsync(database, schema);
        await ExecuteAsync(database, $"insert into {schema}.migration (name, checksum) values ('9999_later', '')");

        foreach (var migrateAtStart in (bool[])[true, false])
        {
            var error = await Assert.ThrowsAsync<SchemaVersionException>(() => OpenAsync(schema, migrateAtStart));
            Assert.Equal((schema, true), (error.Schema, error.IsAhead));
            Assert.Equal(["9999_later"], error.Migrations);
            Assert.Contains("or a later one", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_store_that_is_not_to_migrate_says_what_is_missing_and_what_to_do()
    {
        await using var database = NpgsqlDataSource.Create(postgres.Require());
        var schema = PostgresFixture.NewSchema();

        var error = await Assert.ThrowsAsync<SchemaVersionException>(() => OpenAsync(schema, migrateAtStart: false));
        Assert.Equal((schema, false), (error.Schema, error.IsAhead));
        Assert.Equal("0001_jobs", error.Migrations[0]);
        Assert.Contains("Migrator.MigrateAsync", error.Message, StringComparison.Ordinal);

        await Migrator.MigrateAsync(database, schema);
        await OpenAsync(schema, migrateAtStart: false);
    }

    [Fact]
    public async Task The_script_does_what_the_library_would_do()
    {
        await using var database = NpgsqlDataSource.Create(postgres.Require());
        var schema = PostgresFixture.NewSchema();
        Assert.Equal(Migrator.Script(schema), await Migrator.ScriptAsync(database, schema));

        await ExecuteAsync(database, await Migrator.ScriptAsync(database, schema));
        Assert.Equal("", await Migrator.ScriptAsync(database, schema));
        Assert.Empty(await Migrator.MigrateAsync(database, schema));
        await OpenAsync(schema, migrateAtStart: false);

        await ExecuteAsync(database, $"delete from {schema}.migration where name > '0001_jobs'");
        var rest = await Migrator.ScriptAsync(database, schema);
        Assert.DoesNotContain("create table " + schema + ".job (", rest, StringComparison.Ordinal);
        Assert.Contains("'0003_history'", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_script_and_the_library_may_come_at_the_same_time()
    {
        await using var database = NpgsqlDataSource.Create(postgres.Require());
        var schema = PostgresFixture.NewSchema();
        var script = Task.Run(async () =>
        {
            try
            {
                await ExecuteAsync(database, Migrator.Script(schema));
                return true;
            }
            catch (PostgresException)
            {
                return false;
            }
        });
        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Migrator.MigrateAsync(database, schema)));

        Assert.Equal(await script ? 0 : 1, applied.Count(names => names.Count > 0));
        Assert.Empty(await Migrator.MigrateAsync(database, schema));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Jobs")]
    [InlineData("1jobs")]
    [InlineData("jobs; drop table x")]
    public async Task A_schema_name_that_would_need_quoting_is_refused(string schema)
    {
        await using var database = NpgsqlDataSource.Create(postgres.Require());

        await Assert.ThrowsAsync<InvalidNameException>(() => Migrator.MigrateAsync(database, schema));
    }

    private async Task OpenAsync(string schema, bool migrateAtStart)
    {
        await using var store = new PostgresJobStore(postgres.Require(), new PostgresOptions { Schema = schema, MigrateAtStart = migrateAtStart });
        await store.ListPartitionsAsync(CancellationToken.None);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
