using System.Globalization;
using Jobs.Conformance;
using Jobs.Grains.Postgres;
using Jobs.Postgres.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Jobs.Cluster.Tests.Silo;

/// <summary>Silos and clients with certificates of one authority talk to each other, and to nobody else (E7).</summary>
public sealed class TlsTests(PostgresFixture postgres) : IDisposable
{
    private static readonly TaskDefinition<string> Mail = TaskDefinition.Create<string>("send-email");
    private readonly TestAuthority _ours = new("ours");
    private readonly TestAuthority _theirs = new("theirs");

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
    }

    [Fact]
    public async Task Two_silos_and_a_client_talk_over_tls()
    {
        var (connection, schema) = (postgres.Require(), PostgresFixture.NewSchema());
        await using (var database = NpgsqlDataSource.Create(connection)) await ClusterMigrator.MigrateAsync(database, schema);
        using var first = await StartAsync(_ours.Member("silo1"), "--postgres", connection, "--schema", schema);
        using var second = await StartAsync(_ours.Member("silo2"), "--postgres", connection, "--schema", schema);
        using var host = Client(_ours.Member("client"), client =>
        {
            client.UsePostgresCluster(connection, schema);
            client.Configure<ClusterOptions>(names => (names.ClusterId, names.ServiceId) = ("jobs", "jobs"));
        });
        await host.StartAsync().Soon();
        var jobs = host.Services.GetRequiredService<IJobClient>();

        // So many queues that both silos have some.
        for (var i = 0; i < 12; i++)
        {
            var handle = await jobs.EnqueueAsync(Mail, "x@y.com", job => job.On(new QueueName($"queue-{i}"))).Soon();
            Assert.Equal(JobState.Pending, (await handle.GetAsync().Soon()).State);
        }

        await host.StopAsync().Soon();
        first.Terminate();
        Assert.Equal(0, await first.ExitCodeAsync());
        second.Terminate();
        Assert.Equal(0, await second.ExitCodeAsync());
        await postgres.DropAsync(schema);
    }

    [Fact]
    public async Task Strangers_are_kept_out()
    {
        var gateway = SiloRun.FreePort();
        using var silo = await StartAsync(_ours.Member("silo"), "--gateway-port", gateway);

        // Without a certificate, with one of another authority, and one that believes another authority than the silo has.
        var confused = _ours.Member("confused") with { AuthorityFile = _theirs.AuthorityFile };
        foreach (var tls in new[] { null, _theirs.Member("stranger"), confused })
        {
            using var stranger = Client(tls, client => AtPort(client, gateway));
            await Assert.ThrowsAnyAsync<Exception>(() => stranger.StartAsync().Soon());
        }

        using var member = Client(_ours.Member("member"), client => AtPort(client, gateway));
        await member.StartAsync().Soon();
        await member.StopAsync().Soon();
        silo.Terminate();
        Assert.Equal(0, await silo.ExitCodeAsync());
    }

    [Fact]
    public async Task Files_that_cannot_be_used_are_said_with_the_remedy()
    {
        var half = await SiloRun.RunAsync("--tls-certificate", "x.pem");
        Assert.Equal(2, half.ExitCode);
        Assert.StartsWith("Jobs:Tls needs both Certificate and Authority", half.Errors, StringComparison.Ordinal);

        var missing = await SiloRun.RunAsync("--tls-certificate", "x.pem", "--tls-authority", _ours.AuthorityFile);
        Assert.Equal(2, missing.ExitCode);
        Assert.StartsWith("The option CertificateFile cannot be x.pem: name a PEM file that can be read", missing.Errors, StringComparison.Ordinal);
    }

    private static async Task<SiloRun> StartAsync(ClusterTls tls, params string[] arguments)
    {
        string[] ports = ["--silo-port", SiloRun.FreePort(), "--urls", $"http://127.0.0.1:{SiloRun.FreePort()}"];
        string[] gateway = arguments.Contains("--gateway-port") ? [] : ["--gateway-port", SiloRun.FreePort()];
        string[] files = ["--tls-certificate", tls.CertificateFile, "--tls-key", tls.KeyFile!, "--tls-authority", tls.AuthorityFile];
        var run = SiloRun.Start([.. arguments, .. ports, .. gateway, .. files]);
        await run.ReadToAsync("The silo serves clients at");
        return run;
    }

    private static void AtPort(IClientBuilder client, string gateway) =>
        client.UseLocalhostClustering(int.Parse(gateway, CultureInfo.InvariantCulture), "jobs", "jobs");

    private static IHost Client(ClusterTls? tls, Action<IClientBuilder> find)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client =>
        {
            find(client);
            if (tls is not null) client.UseClusterTls(tls);
            client.UseConnectionRetryFilter((_, _) => Task.FromResult(false));
        });
        builder.Services.AddJobsClient();
        return builder.Build();
    }
}
