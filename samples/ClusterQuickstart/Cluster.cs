using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Jobs.Grains.Postgres;
using Npgsql;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Quickstart;

/// <summary>The cluster that the sample's silo is a member of.</summary>
internal static class Cluster
{
    private const string Name = "quickstart";
    private const int FirstSiloPort = 11111;
    private const int FirstGatewayPort = 30000;

    /// <summary>What holds the ports of this program until it ends.</summary>
    private static readonly List<Socket> Held = [];

    /// <summary>Sets the database up, if there is one: jobs, members, reminders.</summary>
    internal static async Task SetUpAsync(CommandLine command)
    {
        if (command.Store is not StoreKind.Postgres) return;
        await using var database = NpgsqlDataSource.Create(command.Target!);
        await ClusterMigrator.MigrateAsync(database, Name);
    }

    /// <summary>One of many silos with PostgreSQL; without it a single silo, which needs nobody.</summary>
    internal static ISiloBuilder Join(this ISiloBuilder silo, CommandLine command)
    {
        // A silo that was killed is known to be gone as soon as another one has its address, so the same ports are taken when they are free.
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
        var (siloPort, gatewayPort) = (FirstFree(FirstSiloPort), FirstFree(FirstGatewayPort));
        if (command.Store is not StoreKind.Postgres)
        {
            return silo.UseLocalhostClustering(siloPort, gatewayPort, null, Name, Name)
                .AddMemoryGrainStorageAsDefault().UseInMemoryReminderService();
        }

        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (Name, Name));
        silo.ConfigureEndpoints(IPAddress.Loopback, siloPort, gatewayPort);
        return silo.UsePostgresCluster(command.Target!, Name);

        int FirstFree(int port) => Enumerable.Range(port, 1000).First(p => !taken.Contains(p) && TryHold(p));
    }

    /// <summary>Two programs that start at once see the same ports free; the one that gets the datagram socket of that number takes it.</summary>
    private static bool TryHold(int port)
    {
        var held = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ExclusiveAddressUse = true };
        try
        {
            held.Bind(new IPEndPoint(IPAddress.Loopback, port));
            Held.Add(held);
            return true;
        }
        catch (SocketException)
        {
            held.Dispose();
            return false;
        }
    }
}
