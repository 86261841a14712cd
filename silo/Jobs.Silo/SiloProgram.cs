using Jobs.Grains.Postgres;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Orleans.Configuration;

namespace Jobs.Silo;

/// <summary>The two things the program does: run a silo, or set up its database.</summary>
internal static class SiloProgram
{
    /// <summary>How often silos tell each other how busy they are.</summary>
    internal static readonly TimeSpan LoadPeriod = TimeSpan.FromSeconds(10);

    internal const string Usage = """
        usage: Jobs.Silo [options]            runs a silo until it is told to stop
               Jobs.Silo migrate [options]    sets up the database, or updates it

          --postgres TEXT       an Npgsql connection string; without it everything is kept in memory, for a single silo
          --schema NAME         the schema of all tables (jobs)
          --cluster NAME        the name that the silos of a cluster share (jobs)
          --address IP          the address that other silos and clients reach this one by (127.0.0.1)
          --silo-port N         the port for other silos (11111)
          --gateway-port N      the port for clients (30000)
          --drain-seconds N     how long running jobs may go on when the silo is told to stop (30)
          --tls-certificate F   a PEM file with this silo's certificate; with it silos and clients talk TLS, and all of them need certificates
          --tls-key F           a PEM file with its key, if that is another one
          --tls-authority F     a PEM file with the authority of all silos and clients; whoever has no certificate of it is kept out
          --urls URL            where health is answered: /health/live and /health/ready (http://127.0.0.1:8480)

        The same values can be said in appsettings.json, as "Jobs": { "Postgres": ... }, and in the environment, as Jobs__Postgres.
        """;

    internal static async Task<int> MigrateAsync(SiloSettings settings, TextWriter output)
    {
        if (settings.Postgres is null) throw new FormatException("migrate needs --postgres.");
        await using var database = NpgsqlDataSource.Create(settings.Postgres);
        var applied = await ClusterMigrator.MigrateAsync(database, settings.Schema);
        foreach (var name in applied) await output.WriteLineAsync($"applied {name}");
        if (applied.Count == 0) await output.WriteLineAsync($"The schema {settings.Schema} is up to date.");
        return 0;
    }

    internal static WebApplication Build(WebApplicationBuilder builder, SiloSettings settings)
    {
        // Twice the drain time, because what is left after it is told to stop and written down.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = (2 * settings.DrainTime) + TimeSpan.FromSeconds(30));
        builder.Services.AddHealthChecks().AddJobs();
        builder.UseOrleans(silo => AddSilo(silo, settings));
        var application = builder.Build();
        application.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = Has(JobsHealthChecksExtensions.LiveTag) });
        application.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = Has(JobsHealthChecksExtensions.ReadyTag) });
        return application;
    }

    private static Func<HealthCheckRegistration, bool> Has(string tag) => check => check.Tags.Contains(tag);

    private static void AddSilo(ISiloBuilder silo, SiloSettings settings)
    {
        if (settings.Postgres is { } connection)
        {
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (settings.Cluster, settings.Cluster));
            silo.ConfigureEndpoints(settings.Address, settings.SiloPort, settings.GatewayPort);
            silo.UsePostgresCluster(connection, settings.Schema);
        }
        else
        {
            silo.UseLocalhostClustering(settings.SiloPort, settings.GatewayPort, null, settings.Cluster, settings.Cluster);
            silo.AddMemoryGrainStorageAsDefault();
            silo.UseInMemoryReminderService();
        }

        // Every second otherwise, which is a part of what an idle silo costs; partitions are spread evenly, however busy silos are.
        silo.Configure<DeploymentLoadPublisherOptions>(load => load.DeploymentLoadPublisherRefreshTime = LoadPeriod);
        if (settings.Tls is { } tls) silo.UseClusterTls(tls);
        silo.AddJobs(jobs =>
        {
            jobs.DrainTime = settings.DrainTime;
            if (settings.Postgres is { } database) jobs.UsePostgres(database, options => options.Schema = settings.Schema);
        });
    }
}
