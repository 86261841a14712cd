using System.Net;
using Jobs.Conformance;
using Jobs.Grains.Postgres;
using Jobs.Postgres.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Jobs.Cluster.Tests.Postgres;

/// <summary>Two silos and a client that find each other through PostgreSQL, over real sockets on loopback.</summary>
public sealed class PostgresCluster(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Name = "provider-tests";
    private readonly string _schema = PostgresFixture.NewSchema();
    private readonly List<IHost> _hosts = [];

    public IServiceProvider FirstSilo => _hosts[0].Services;

    public IServiceProvider SecondSilo => _hosts[1].Services;

    public IClusterClient Client => _hosts[2].Services.GetRequiredService<IClusterClient>();

    public IReadOnlyList<string> Applied { get; private set; } = [];

    public async Task<IReadOnlyList<string>> MigrateAsync()
    {
        await using var database = NpgsqlDataSource.Create(postgres.Require());
        return await ClusterMigrator.MigrateAsync(database, _schema);
    }

    public async ValueTask InitializeAsync()
    {
        if (postgres.Server is null) return;
        Applied = await MigrateAsync();
        for (var i = 0; i < 2; i++) await StartAsync(Host.CreateApplicationBuilder(), builder => builder.UseOrleans(AddSilo));
        await StartAsync(Host.CreateApplicationBuilder(), builder => builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(SetNames);
            client.UsePostgresCluster(postgres.Require(), _schema);
        }));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Enumerable.Reverse(_hosts))
        {
            await host.StopAsync().Soon();
            host.Dispose();
        }

        await postgres.DropAsync(_schema);
    }

    /// <summary>Skips the test if there is no server.</summary>
    public void Require() => postgres.Require();

    private static void SetNames(ClusterOptions options) => (options.ClusterId, options.ServiceId) = (Name, Name);

    private void AddSilo(ISiloBuilder silo)
    {
        silo.Configure<ClusterOptions>(SetNames);
        silo.ConfigureEndpoints(IPAddress.Loopback, LoopbackPorts.Next(), LoopbackPorts.Next());
        silo.UsePostgresCluster(postgres.Require(), _schema);
        silo.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromSeconds(1));
    }

    private async Task StartAsync(HostApplicationBuilder builder, Action<HostApplicationBuilder> add)
    {
        builder.Logging.ClearProviders();
        add(builder);
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync().Soon();
    }
}
