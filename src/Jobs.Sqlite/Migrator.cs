using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Jobs.Sqlite;

/// <summary>
/// Brings a file to this library's version: numbered migrations, applied in order, each once, in one transaction that only one process has
/// at a time, so that many may start at once. A migration that changed after it was applied is an error.
/// </summary>
public static class Migrator
{
    /// <summary>"JOBS", in the place of a SQLite file that says what it belongs to.</summary>
    private const long ApplicationId = 0x4A4F4253;

    private const string CreateTable =
        "create table migration (name text primary key, checksum text not null, applied_at text not null default current_timestamp) strict";

    /// <summary>Applies what is missing, and creates the file if it is.</summary>
    /// <returns>The names of the migrations that were applied now.</returns>
    /// <exception cref="MigrationChangedException">An applied migration is not the one this library holds.</exception>
    /// <exception cref="JobFileException">The file cannot be used.</exception>
    public static Task<IReadOnlyList<string>> MigrateAsync(string path, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            var file = new JobFile(path, new SqliteOptions());
            using var connection = file.Connect();
            try
            {
                return Bring(connection, file.Path, apply: true);
            }
            catch (SqliteException e)
            {
                throw JobFileException.From(file.Path, e);
            }
        },
        cancellation);

    internal static IReadOnlyList<string> Bring(SqliteConnection connection, string path, bool apply)
    {
        using var transaction = connection.BeginTransaction(deferred: !apply);
        if (!IsOurs(connection, transaction)) throw new JobFileException(path, JobFileProblem.HoldsOtherTables);
        var hasTable = Number(connection, transaction, "select count(*) from sqlite_schema where name = 'migration'") > 0;
        if (!hasTable && apply)
        {
            Execute(connection, transaction, string.Create(CultureInfo.InvariantCulture, $"pragma application_id = {ApplicationId}"));
            Execute(connection, transaction, CreateTable);
        }

        var known = hasTable ? Applied(connection, transaction) : [];
        var missing = new List<string>();
        foreach (var (name, text) in SqlText.Migrations)
        {
            var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))));
            if (known.Remove(name, out var before))
            {
                if (before != checksum) throw new MigrationChangedException(path, name);
                continue;
            }

            if (!apply) throw new JobFileException(path, JobFileProblem.NotMigrated);
            Execute(connection, transaction, text);
            Execute(connection, transaction, $"insert into migration (name, checksum) values ('{name}', '{checksum}')");
            missing.Add(name);
        }

        if (known.Count > 0) throw new JobFileException(path, JobFileProblem.NewerVersion);
        transaction.Commit();
        return missing;
    }

    private static bool IsOurs(SqliteConnection connection, SqliteTransaction transaction) =>
        Number(connection, transaction, "pragma application_id") == ApplicationId
        || Number(connection, transaction, "select count(*) from sqlite_schema") == 0;

    private static Dictionary<string, string> Applied(SqliteConnection connection, SqliteTransaction transaction)
    {
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        using var command = new SqliteCommand("select name, checksum from migration", connection, transaction);
        using var reader = command.ExecuteReader();
        while (reader.Read()) applied.Add(reader.GetString(0), reader.GetString(1));
        return applied;
    }

    private static long Number(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        using var command = new SqliteCommand(sql, connection, transaction);
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        using var command = new SqliteCommand(sql, connection, transaction);
        command.ExecuteNonQuery();
    }
}
