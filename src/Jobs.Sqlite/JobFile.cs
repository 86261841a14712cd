using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Jobs.Sqlite;

/// <summary>The file, and how connections to it are set up.</summary>
internal sealed class JobFile(string path, SqliteOptions options)
{
    /// <summary>Pages of 4 KB after which the write-ahead log is moved into the file: 32 MB, so that pages changed often move once.</summary>
    private const int CheckpointPages = 8192;

    internal string Path { get; } = PathOf(path);

    internal static string PathOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path == ":memory:" || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new InvalidJobOptionException("Path", path, "name a file; UseInMemory() keeps jobs in memory");
        return System.IO.Path.GetFullPath(path);
    }

    internal Session OpenWriter()
    {
        var connection = Connect();
        try
        {
            Execute(connection, $"pragma wal_autocheckpoint = {CheckpointPages}; pragma cache_size = -65536; pragma temp_store = memory");
            Migrator.Bring(connection, Path, options.MigrateAtStart);
            return new Session(connection);
        }
        catch (Exception e)
        {
            connection.Dispose();
            if (e is SqliteException failure) throw JobFileException.From(Path, failure);
            throw;
        }
    }

    internal Session OpenReader()
    {
        var connection = Connect();
        try
        {
            Execute(connection, "pragma query_only = 1");
            return new Session(connection);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw JobFileException.From(Path, e);
        }
    }

    internal SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path,

            // The connections are kept by the store, so that their statements stay prepared and the file is let go of when it is disposed.
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(options.BusyTimeout.TotalSeconds),
        }.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_busy_timeout(connection.Handle!, (int)options.BusyTimeout.TotalMilliseconds);
            if (Scalar(connection, "pragma journal_mode = wal") is not "wal") throw new JobFileException(Path, JobFileProblem.InputOutput);
            Execute(connection, $"pragma synchronous = {(options.Synchronous is SqliteSynchronous.Full ? "full" : "normal")}");
            return connection;
        }
        catch (Exception e)
        {
            connection.Dispose();
            if (e is SqliteException failure) throw JobFileException.From(Path, failure);
            throw;
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        return command.ExecuteScalar();
    }
}
