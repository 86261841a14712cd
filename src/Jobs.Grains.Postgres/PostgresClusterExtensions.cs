using Jobs.Postgres;
using Npgsql;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Jobs.Grains.Postgres;

/// <summary>Puts a silo or a client on a cluster whose membership is in PostgreSQL.</summary>
public static class PostgresClusterExtensions
{
    private const string Invariant = "Npgsql";

    /// <summary>
    /// Keeps membership, reminders and grain state in a schema that <see cref="ClusterMigrator"/> has set up, and has silos share the grain
    /// directory so that those that stay keep their grains when one leaves.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="connectionString">An Npgsql connection string.</param>
    /// <param name="schema">The schema; default <c>jobs</c>.</param>
    /// <exception cref="InvalidNameException">The schema's name cannot be used.</exception>
    public static ISiloBuilder UsePostgresCluster(this ISiloBuilder silo, string connectionString, string schema = "jobs")
    {
        ArgumentNullException.ThrowIfNull(silo);
        var connection = ConnectionOn(connectionString, schema);
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, connection));
        silo.UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = (Invariant, connection));
        silo.AddAdoNetGrainStorageAsDefault(options =>
        {
            options.Invariant = Invariant;
            options.ConnectionString = connection;
            options.DeleteStateOnClear = true;
        });

        // For what does not refuse a connection, as a frozen silo, or a machine that is gone: it is noticed after the longest probe's time for each
        // miss. Fewer misses, or shorter probes, would evict silos that are only busy; and probes are sent as often as they are allowed to take.
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.MinProbeTimeout = TimeSpan.FromSeconds(1);
            options.MaxProbeTimeout = TimeSpan.FromSeconds(2);
            options.NumMissedProbesLimit = 4;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(10);
        });

        // The default directory ends a part of the other silos' activations whenever a silo stops or dies, so partitions that have nothing to do with
        // it stand still; this one hands its ranges over, or asks the silos for what they have. It waits for nobody who is dead: an owner's epoch
        // keeps from writing whoever does not know yet that it is.
#pragma warning disable ORLEANSEXP003 // For evaluation, and may change.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        silo.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = TimeSpan.Zero);
        return silo;
    }

    /// <summary>Finds the silos of a cluster whose membership is in PostgreSQL.</summary>
    /// <inheritdoc cref="UsePostgresCluster(ISiloBuilder, string, string)"/>
    public static IClientBuilder UsePostgresCluster(this IClientBuilder client, string connectionString, string schema = "jobs")
    {
        ArgumentNullException.ThrowIfNull(client);
        var connection = ConnectionOn(connectionString, schema);
        client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, connection));

        // A silo that stands still keeps its connections open, and whoever calls through it waits: until it is off the list, and this is read.
        // The default is a minute, in which all silos may be replaced, one after the other.
        return client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(3));
    }

    /// <summary>The providers name their query table without a schema.</summary>
    private static string ConnectionOn(string connectionString, string schema)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var checkedSchema = new PostgresOptions { Schema = schema }.Checked().Schema;
        return new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = checkedSchema }.ConnectionString;
    }
}
