using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Jobs.Postgres;

/// <summary>
/// Brings a schema to this library's version: numbered files, applied in order, each once, in one transaction under an advisory lock,
/// so that many processes may start at the same time. A file that changed after it was applied is an error.
/// </summary>
public static class Migrator
{
    /// <summary>Applies what is missing.</summary>
    /// <returns>The names of the migrations that were applied now.</returns>
    /// <exception cref="MigrationChangedException">An applied migration is not the one this library holds.</exception>
    public static async Task<IReadOnlyList<string>> MigrateAsync(
        NpgsqlDataSource database, string schema = "jobs", CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        _ = new PostgresOptions { Schema = schema }.Checked();
        var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock(hashtext('jobs migrations {schema}'))", cancellation).ConfigureAwait(false);
        await ExecuteAsync(connection, $"create schema if not exists {schema}", cancellation).ConfigureAwait(false);
        await ExecuteAsync(
            connection,
            $"create table if not exists {schema}.migration "
                + "(name text primary key, checksum text not null, applied_at timestamptz not null default now())",
            cancellation).ConfigureAwait(false);
        var known = await AppliedAsync(connection, schema, cancellation).ConfigureAwait(false);
        var applied = new List<string>();
        foreach (var (name, text) in All())
        {
            var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))));
            if (known.TryGetValue(name, out var before))
            {
                if (before != checksum) throw new MigrationChangedException(schema, name);
                continue;
            }

            await ExecuteAsync(connection, text.Replace("{schema}", schema, StringComparison.Ordinal), cancellation).ConfigureAwait(false);
            await ExecuteAsync(connection, $"insert into {schema}.migration (name, checksum) values ('{name}', '{checksum}')", cancellation)
                .ConfigureAwait(false);
            applied.Add(name);
        }

        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return applied;
    }

    private static IEnumerable<(string Name, string Text)> All() => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith("Migrations/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(name => (Path.GetFileNameWithoutExtension(name), Statements.Resource(name)));

    private static async Task<Dictionary<string, string>> AppliedAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation)
    {
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        var command = new NpgsqlCommand(string.Create(CultureInfo.InvariantCulture, $"select name, checksum from {schema}.migration"), connection);
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
