using System.Reflection;
using Jobs.Postgres;
using Npgsql;

namespace Jobs.Grains.Postgres;

/// <summary>
/// Sets up everything that a cluster keeps in PostgreSQL, in one schema: jobs, membership, reminders and grain state. The scripts that
/// Orleans' own packages do not carry are part of it, written to what its providers expect.
/// </summary>
public static class ClusterMigrator
{
    /// <summary>Applies what is missing; many processes may do so at once.</summary>
    /// <returns>The names of the migrations that were applied now, in their order.</returns>
    /// <exception cref="InvalidNameException">The schema's name cannot be used.</exception>
    /// <exception cref="SchemaVersionException">The schema is newer than this library.</exception>
    /// <exception cref="MigrationChangedException">An applied migration is not the one this library holds.</exception>
    public static async Task<IReadOnlyList<string>> MigrateAsync(
        NpgsqlDataSource database, string schema = "jobs", CancellationToken cancellation = default)
    {
        var jobs = await Migrator.MigrateAsync(database, schema, cancellation).ConfigureAwait(false);
        var cluster = await Migrator.ApplyAsync(database, schema, All, cancellation).ConfigureAwait(false);
        return [.. jobs, .. cluster];
    }

    private static IReadOnlyList<Migration> All { get; } = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith("Migrations/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(name => new Migration(Path.GetFileNameWithoutExtension(name), Read(name), "cluster_migration"))];

    private static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
