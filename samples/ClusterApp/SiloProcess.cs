using System.Net;
using System.Net.Sockets;
using Jobs;
using Jobs.Core;
using Jobs.Grains.Postgres;
using Jobs.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace ClusterApp;

/// <summary>A silo: it serves partitions of queues, and runs jobs.</summary>
internal static class SiloProcess
{
    internal static async Task RunAsync(AppSettings settings)
    {
        var name = $"{settings.Host}:{settings.SiloPort}";
        var addresses = await Dns.GetHostAddressesAsync(settings.Host, AddressFamily.InterNetwork);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(settings.Name);
            silo.ConfigureEndpoints(addresses[0], settings.SiloPort, settings.GatewayPort, listenOnAnyHostAddress: !IPAddress.IsLoopback(addresses[0]));
            silo.UsePostgresCluster(settings.Postgres);
            if (settings.Tls is { } tls) silo.UseClusterTls(tls);
            silo.AddJobs(jobs => jobs
                .UsePostgres(settings.Postgres)
                .Queue(AppTasks.Greetings, queue => queue.Partitions = AppTasks.Partitions)
                .Handle(AppTasks.Greet, (person, _) => Task.FromResult($"Hello {person}, from {name}.")));
        });
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine($"The silo {name} is up.");
        await host.WaitForShutdownAsync();
        Console.WriteLine($"The silo {name} has stopped.");
    }
}
