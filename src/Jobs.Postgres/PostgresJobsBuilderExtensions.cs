using Jobs.Core;
using Jobs.Postgres;
using Npgsql;

namespace Jobs;

/// <summary>Keeps a service's jobs in PostgreSQL.</summary>
public static class PostgresJobsBuilderExtensions
{
    /// <summary>Keeps jobs in a PostgreSQL database (version 14 or later).</summary>
    /// <param name="jobs">The service.</param>
    /// <param name="connectionString">An Npgsql connection string.</param>
    /// <param name="configure">The schema and whether tables are set up at start.</param>
    /// <exception cref="InvalidNameException">The schema's name cannot be used.</exception>
    public static JobsBuilder UsePostgres(this JobsBuilder jobs, string connectionString, Action<PostgresOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var options = new PostgresOptions();
        configure?.Invoke(options);
        options.Checked();
        return jobs.UseStore(_ => new PostgresJobStore(connectionString, options));
    }
}
