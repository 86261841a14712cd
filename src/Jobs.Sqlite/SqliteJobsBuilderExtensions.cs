using Jobs.Core;
using Jobs.Sqlite;

namespace Jobs;

/// <summary>Keeps a service's jobs in a SQLite file.</summary>
public static class SqliteJobsBuilderExtensions
{
    /// <summary>Keeps jobs in a SQLite file, which is created if it is missing.</summary>
    /// <param name="jobs">The service.</param>
    /// <param name="path">The file; its folder must exist. SQLite puts a <c>-wal</c> and a <c>-shm</c> file beside it.</param>
    /// <param name="configure">When a commit counts as written, and how long it waits for other processes.</param>
    /// <exception cref="InvalidJobOptionException">An option, or the path, cannot be used.</exception>
    public static JobsBuilder UseSqlite(this JobsBuilder jobs, string path, Action<SqliteOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var options = new SqliteOptions();
        configure?.Invoke(options);
        options.Checked();
        var file = JobFile.PathOf(path);
        return jobs.UseStore(_ => new SqliteJobStore(file, options));
    }
}
