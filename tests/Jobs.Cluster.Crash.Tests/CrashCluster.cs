using System.Diagnostics;
using Jobs.Crash.Tests;
using Jobs.Grains.Postgres;
using Jobs.Postgres.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Jobs.Cluster.Crash.Tests;

/// <summary>Silo processes with a PostgreSQL server of their own, and this process as their client.</summary>
internal sealed class CrashCluster : IAsyncDisposable
{
    private const string Schema = "crash";

    private readonly ThrowawayPostgres _server;
    private readonly NpgsqlDataSource _database;
    private readonly List<SiloProcess> _all = [];
    private IHost? _client;

    private CrashCluster(ThrowawayPostgres server)
    {
        _server = server;
        _database = NpgsqlDataSource.Create(server.ConnectionString);
        Writes = new WriteRecord(_database, Schema);
    }

    internal EventLog Log { get; } = new();

    internal WriteRecord Writes { get; }

    /// <summary>The silos that are to live.</summary>
    internal List<SiloProcess> Silos { get; } = [];

    internal IJobClient Client => _client!.Services.GetRequiredService<IJobClient>();

    internal static async Task<CrashCluster> StartAsync(int silos)
    {
        // Only its clients are killed here, so it need not wait for the disk.
        var server = await ThrowawayPostgres.StartAsync("-c fsync=off");
        if (server is null || !server.IsOwn) Assert.Skip("PostgreSQL is not installed, or is not this test's own.");
        var cluster = new CrashCluster(server);
        try
        {
            await ClusterMigrator.MigrateAsync(cluster._database, Schema);
            await cluster.Writes.StartAsync();
            for (var i = 0; i < silos; i++) cluster.Add();
            foreach (var silo in cluster.Silos) await silo.UpAsync();
            await cluster.ConnectAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more silo, at an address that none had before; it is not waited for.</summary>
    internal SiloProcess Add(bool isLater = false)
    {
        var name = $"silo{_all.Count + 1}";
        var connection = new NpgsqlConnectionStringBuilder(_server.ConnectionString) { ApplicationName = name }.ConnectionString;
        var silo = SiloProcess.Start(connection, Schema, name, isLater, Log);
        _all.Add(silo);
        Silos.Add(silo);
        return silo;
    }

    /// <summary>The partitions that were last seen at a silo.</summary>
    internal IReadOnlyList<int> PartitionsOf(SiloProcess silo) =>
        [.. Log.InOrder().Where(e => e.Verb is "start").GroupBy(e => JobId.Parse(e.Job).Partition)
            .Where(starts => starts.Last().Source == silo.Name).Select(starts => starts.Key)];

    /// <summary>Waits until each of some partitions has started a job at another silo after a time; the result is how long each took.</summary>
    internal async Task<IReadOnlyList<ServedPartition>> ServedElsewhereAsync(SiloProcess gone, IReadOnlyList<int> partitions, long since)
    {
        var serving = Task.WhenAll(partitions.Select(number => Log.FirstAsync(e =>
            e.At > since && e.Verb is "start" && e.Source != gone.Name && JobId.Parse(e.Job).Partition == number)));
        if (await Task.WhenAny(serving, Task.Delay(SiloProcess.Patience, TimeProvider.System)) != serving)
            Assert.Fail($"Not all of {string.Join(", ", partitions)} of {gone.Name} are served:\n{await Writes.ServerAsync()}");
        var starts = await serving;
        return [.. starts.Select(start => new ServedPartition(
            JobId.Parse(start.Job).Partition, Stopwatch.GetElapsedTime(since, start.At), start.Source, AgeOf(start.Source, since)))];
    }

    private TimeSpan AgeOf(string silo, long at) =>
        Log.InOrder().FirstOrDefault(e => e.Source == silo && e.Verb is "up") is { } up && up.At < at ? Stopwatch.GetElapsedTime(up.At, at) : TimeSpan.Zero;

    /// <summary>Waits until the others have declared a silo dead.</summary>
    internal Task DeclaredDeadAsync(SiloProcess silo) =>
        UntilAsync("select exists (select from {schema}.orleans_silo where silo_name = @name and status = 6)", silo);

    /// <summary>Waits until a silo owns no partition any more.</summary>
    internal Task TakenOverAsync(SiloProcess silo) =>
        UntilAsync("select not exists (select from {schema}.partition where starts_with(holder, @name || ' '))", silo);

    private async Task UntilAsync(string condition, SiloProcess silo)
    {
        using var patience = new CancellationTokenSource(SiloProcess.Patience);
        await using var command = _database.CreateCommand(condition.Replace("{schema}", Schema, StringComparison.Ordinal));
        command.Parameters.AddWithValue("name", silo.Name);
        while (await command.ExecuteScalarAsync(patience.Token) is not true)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
    }

    /// <summary>Waits until every job has ended, and audits all that happened.</summary>
    internal async Task<ClusterAudit> AuditAsync()
    {
        using var patience = new CancellationTokenSource(SiloProcess.Patience);
        while ((await Client.CountAsync(cancellation: patience.Token)).Unfinished > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        var stored = await StoredJobs.ListAsync(Client);
        var audit = new ClusterAudit();
        foreach (var told in Log.InOrder()) audit.Add(told);
        audit.Close(stored);
        return audit;
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.StopAsync();
            _client.Dispose();
        }

        foreach (var silo in _all) await silo.DisposeAsync();
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task ConnectAsync()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(names => (names.ClusterId, names.ServiceId) = (Schema, Schema));
            client.UsePostgresCluster(_server.ConnectionString, Schema);
        });
        builder.Services.AddJobsClient();
        _client = builder.Build();
        await _client.StartAsync();
    }
}
