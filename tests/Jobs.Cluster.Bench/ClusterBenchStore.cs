using Jobs.Bench;
using Jobs.Core;
using Jobs.Grains.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Jobs.Cluster.Bench;

/// <summary>A cluster of silo processes with a schema of its own, and this process as its client. It stays up for all rounds.</summary>
internal sealed class ClusterBenchStore : BenchStore
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private readonly PostgresBenchStore _place;
    private readonly BenchTasks _tasks;
    private readonly List<BenchSiloProcess> _silos = [];
    private IHost? _client;

    private ClusterBenchStore(PostgresBenchStore place, BenchTasks tasks)
    {
        _place = place;
        _tasks = tasks;
    }

    internal IReadOnlyList<int> ProcessIds => [.. _silos.Select(silo => silo.ProcessId)];

    internal IServiceProvider Services => _client!.Services;

    internal IGrainFactory Grains => Services.GetRequiredService<IClusterClient>();

    internal long Committed => _silos.Sum(silo => silo.Completed);

    internal static async Task<ClusterBenchStore> StartAsync(
        ClusterBenchOptions options, int silos, CancellationToken stop, bool countsCompletions = true)
    {
        var bench = options.Bench;
        var place = await PostgresBenchStore.StartAsync(bench);
        var cluster = new ClusterBenchStore(place, new BenchTasks(bench));
        try
        {
            await using (var database = NpgsqlDataSource.Create(place.ConnectionString)) await ClusterMigrator.MigrateAsync(database, place.Schema, stop);
            for (var i = 0; i < silos; i++)
            {
                var silo = new BenchSiloOptions(
                    place.ConnectionString, place.Schema, bench.Concurrency, silos * options.PartitionsPerSilo, bench.KeepForSeconds, countsCompletions);
                cluster._silos.Add(await BenchSiloProcess.StartAsync(silo, stop));
            }

            await cluster.ConnectAsync(stop);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>An engine that is the cluster as it is, with or without handlers.</summary>
    internal async Task<IBenchEngine> StartAsync(bool runsJobs)
    {
        var engine = new ClusterBenchEngine(_tasks, _client!.Services.GetRequiredService<IJobClient>(), _silos);
        foreach (var silo in _silos) await silo.TellAsync(runsJobs ? BenchSilo.Work : BenchSilo.Idle);
        return engine;
    }

    /// <summary>The partitions have the jobs in memory, so they are not deleted but run.</summary>
    internal override async Task ClearAsync()
    {
        await using var engine = await StartAsync(runsJobs: true);
        while ((await engine.Client.CountAsync(QueueName.Default)).Unfinished > 0) await Task.Delay(Look, TimeProvider.System);
    }

    internal override IJobStore Open() => throw new NotSupportedException("The silos have the store.");

    internal override Task<IReadOnlyList<(string Name, double Value)>> SizesAsync() => _place.SizesAsync();

    public override async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.StopAsync();
            _client.Dispose();
        }

        foreach (var silo in _silos) await silo.DisposeAsync();
        await _place.DisposeAsync();
    }

    private async Task ConnectAsync(CancellationToken stop)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(names => (names.ClusterId, names.ServiceId) = (_place.Schema, _place.Schema));
            client.UsePostgresCluster(_place.ConnectionString, _place.Schema);
        });
        builder.Services.AddJobsClient();
        _client = builder.Build();
        await _client.StartAsync(stop);
    }
}
