namespace Jobs.Sqlite;

/// <summary>A file was set up by another version of a migration than this library holds.</summary>
public sealed class MigrationChangedException(string path, string migration)
    : InvalidOperationException($"The migration {migration} of the job file '{path}' is not the one that this library holds. "
        + "Run the library version that set the file up, or use another file.")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>The migration.</summary>
    public string Migration { get; } = migration;
}
