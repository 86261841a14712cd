using Jobs;
using Jobs.Grains.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace ClusterApp;

/// <summary>An application that has jobs done elsewhere: it knows the task and the cluster, and no handler.</summary>
internal static class CallerProcess
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    internal static async Task RunAsync(AppSettings settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(settings.Name);
            client.UsePostgresCluster(settings.Postgres);
            if (settings.Tls is { } tls) client.UseClusterTls(tls);
        });
        builder.Services.AddJobsClient();
        using var host = builder.Build();
        await host.StartAsync();
        var jobs = host.Services.GetRequiredService<IJobClient>();
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            for (var i = 1; i <= settings.Jobs; i++)
            {
                Console.WriteLine($"{i}: {await jobs.RunAsync(AppTasks.Greet, $"number {i}", cancellation: stopping)}");
                if (i < settings.Jobs) await Task.Delay(Pause, TimeProvider.System, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Console.WriteLine("Stopped.");
        }

        await host.StopAsync(CancellationToken.None);
    }
}
