using Npgsql;

namespace Jobs.Postgres;

/// <summary>
/// Brings a schema to this library's version: numbered files, applied in order, each once, in one transaction under an advisory lock,
/// so that many processes may start at the same time. A file that changed after it was applied is an error, and so is one that this library does
/// not know.
/// </summary>
public static class Migrator
{
    /// <summary>Applies what is missing.</summary>
    /// <returns>The names of the migrations that were applied now.</returns>
    /// <exception cref="MigrationChangedException">An applied migration is not the one this library holds.</exception>
    /// <exception cref="SchemaVersionException">The schema is newer than this library.</exception>
    /// <exception cref="InvalidNameException">The schema's name cannot be used.</exception>
    public static Task<IReadOnlyList<string>> MigrateAsync(
        NpgsqlDataSource database, string schema = "jobs", CancellationToken cancellation = default) =>
        ApplyAsync(database, schema, Migration.All, cancellation);

    /// <summary>Applies what is missing of a library's migrations.</summary>
    internal static async Task<IReadOnlyList<string>> ApplyAsync(
        NpgsqlDataSource database, string schema, IReadOnlyList<Migration> all, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        _ = new PostgresOptions { Schema = schema }.Checked();
        var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);

        // Nothing is locked, and no right to create anything is needed, if there is nothing to do.
        if ((await MissingAsync(connection, schema, all, cancellation).ConfigureAwait(false)).Count == 0) return [];
        var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        await ExecuteAsync(connection, Lock(schema), cancellation).ConfigureAwait(false);
        await ExecuteAsync(connection, CreateSchema(schema), cancellation).ConfigureAwait(false);
        await ExecuteAsync(connection, CreateTable(schema, all[0].Table), cancellation).ConfigureAwait(false);
        var missing = await MissingAsync(connection, schema, all, cancellation).ConfigureAwait(false);
        foreach (var migration in missing) await ExecuteAsync(connection, migration.For(schema), cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return [.. missing.Select(migration => migration.Name)];
    }

    /// <summary>The SQL that brings a new schema to this library's version, for whoever lets no library change a schema: one transaction,
    /// which is refused where a migration has been applied before.</summary>
    /// <exception cref="InvalidNameException">The schema's name cannot be used.</exception>
    public static string Script(string schema = "jobs") => ScriptOf(Migration.All, new PostgresOptions { Schema = schema }.Checked().Schema);

    /// <summary>The SQL that brings a schema to this library's version from where it is now; empty if nothing is missing.</summary>
    /// <exception cref="MigrationChangedException">An applied migration is not the one this library holds.</exception>
    /// <exception cref="SchemaVersionException">The schema is newer than this library.</exception>
    /// <exception cref="InvalidNameException">The schema's name cannot be used.</exception>
    public static async Task<string> ScriptAsync(NpgsqlDataSource database, string schema = "jobs", CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        _ = new PostgresOptions { Schema = schema }.Checked();
        var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var missing = await MissingAsync(connection, schema, Migration.All, cancellation).ConfigureAwait(false);
        return missing.Count == 0 ? "" : ScriptOf(missing, schema);
    }

    /// <summary>Refuses a schema that is not at this library's version.</summary>
    internal static async Task CheckAsync(NpgsqlDataSource database, string schema, CancellationToken cancellation)
    {
        var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var missing = await MissingAsync(connection, schema, Migration.All, cancellation).ConfigureAwait(false);
        if (missing.Count > 0) throw SchemaVersionException.Behind(schema, [.. missing.Select(migration => migration.Name)]);
    }

    private static string ScriptOf(IEnumerable<Migration> migrations, string schema) => string.Join(
        '\n',
        [
            "begin;", Lock(schema) + ";", CreateSchema(schema) + ";", CreateTable(schema, "migration") + ";",
            .. migrations.Select(m => m.For(schema)), "commit;", "",
        ]);

    private static string Lock(string schema) => $"select pg_advisory_xact_lock(hashtext('jobs migrations {schema}'))";

    private static string CreateSchema(string schema) => $"create schema if not exists {schema}";

    private static string CreateTable(string schema, string table) => $"create table if not exists {schema}.{table} "
        + "(name text primary key, checksum text not null, applied_at timestamptz not null default now())";

    /// <summary>The migrations that are to be applied yet; refuses a schema that holds others than this library.</summary>
    private static async Task<List<Migration>> MissingAsync(
        NpgsqlConnection connection, string schema, IReadOnlyList<Migration> all, CancellationToken cancellation)
    {
        var applied = await AppliedAsync(connection, schema, all[0].Table, cancellation).ConfigureAwait(false);
        var missing = new List<Migration>();
        foreach (var migration in all)
        {
            if (!applied.Remove(migration.Name, out var checksum)) missing.Add(migration);
            else if (checksum != migration.Checksum) throw new MigrationChangedException(schema, migration.Name);
        }

        if (applied.Count > 0) throw SchemaVersionException.Ahead(schema, [.. applied.Keys.Order(StringComparer.Ordinal)]);
        return missing;
    }

    private static async Task<Dictionary<string, string>> AppliedAsync(
        NpgsqlConnection connection, string schema, string table, CancellationToken cancellation)
    {
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        var look = new NpgsqlCommand($"select to_regclass('{schema}.{table}') is not null", connection);
        await using var looked = look.ConfigureAwait(false);
        if (await look.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is not true) return applied;
        var command = new NpgsqlCommand($"select name, checksum from {schema}.{table}", connection);
        await using var disposing = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) applied.Add(reader.GetString(0), reader.GetString(1));
        return applied;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using var disposing = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
