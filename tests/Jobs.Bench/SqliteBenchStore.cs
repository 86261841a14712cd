using Jobs.Core;
using Jobs.Sqlite;

namespace Jobs.Bench;

/// <summary>A SQLite file.</summary>
internal sealed class SqliteBenchStore : BenchStore
{
    private static readonly string[] Parts = ["", "-wal", "-shm", "-owner"];

    private readonly string _file;
    private readonly string? _folder;
    private readonly SqliteOptions _options;

    private SqliteBenchStore(string file, string? folder, SqliteOptions options)
    {
        _file = file;
        _folder = folder;
        _options = options;
    }

    internal static SqliteBenchStore Make(BenchOptions options)
    {
        if (options.SqliteFile is { } given && (File.Exists(given) || Directory.Exists(given)))
            throw new FormatException($"'{given}' exists. --sqlite-file is removed at the end, so it must be a new one.");
        var folder = options.SqliteFile is null ? Directory.CreateTempSubdirectory("jobs-bench-").FullName : null;
        var synchronous = options.SqliteFull ? SqliteSynchronous.Full : SqliteSynchronous.Normal;
        return new SqliteBenchStore(options.SqliteFile ?? Path.Combine(folder!, "jobs.db"), folder, new SqliteOptions { Synchronous = synchronous });
    }

    internal override Task ClearAsync()
    {
        RemoveFiles();
        return Task.CompletedTask;
    }

    internal override IJobStore Open() => new SqliteJobStore(_file, _options);

    internal override Task<IReadOnlyList<(string Name, double Value)>> SizesAsync() => Task.FromResult<IReadOnlyList<(string Name, double Value)>>(
        [("file_mb", Megabytes("")), ("wal_mb", Megabytes("-wal"))]);

    public override ValueTask DisposeAsync()
    {
        RemoveFiles();
        if (_folder is not null) Directory.Delete(_folder);
        return ValueTask.CompletedTask;
    }

    private double Megabytes(string part)
    {
        var file = new FileInfo(_file + part);
        return (file.Exists ? file.Length : 0) / BytesPerMegabyte;
    }

    private void RemoveFiles()
    {
        foreach (var part in Parts) File.Delete(_file + part);
    }
}
