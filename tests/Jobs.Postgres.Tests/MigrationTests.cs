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
}
