using System.Diagnostics;
using System.Globalization;
using System.Net;
using Jobs.Bench;
using Jobs.Core;
using Jobs.Grains.Postgres;
using Jobs.Postgres;
using Jobs.Postgres.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Jobs.Cluster.Bench;

/// <summary>A silo as a process: it hears commands on its input and tells on its output what it has done.</summary>
internal static class BenchSilo
{
    internal const string Work = "work";
    internal const string Idle = "idle";
    internal const string Done = "done";
    internal const string Completed = "completed";
    internal const string Started = "started";

    internal static async Task RunAsync(BenchSiloOptions options)
    {
        var tasks = new BenchTasks(new BenchOptions { KeepForSeconds = options.KeepForSeconds });
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(names => (names.ClusterId, names.ServiceId) = (options.Schema, options.Schema));
            silo.ConfigureEndpoints(IPAddress.Loopback, LoopbackPorts.Next(), LoopbackPorts.Next());
            silo.UsePostgresCluster(options.ConnectionString, options.Schema);

            // As Jobs.Silo.
            silo.Configure<DeploymentLoadPublisherOptions>(load => load.DeploymentLoadPublisherRefreshTime = TimeSpan.FromSeconds(10));
            silo.AddJobs(jobs =>
            {
                jobs.UsePostgres(options.ConnectionString, postgres => postgres.Schema = options.Schema);
                if (options.CountsCompletions) jobs.DecorateStore(store => new CompletionCounter(store, count => Tell(Completed, count)));
                jobs.Queue(QueueName.Default, queue => (queue.Concurrency, queue.Partitions) = (options.Concurrency, options.Partitions))
                    .Handle(tasks.Probe, (_, _) =>
                    {
                        Tell(Started, Stopwatch.GetTimestamp());
                        return Task.CompletedTask;
                    });
            });
        });
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine(Done);
        var registry = host.Services.GetRequiredService<ITaskRegistry>();
        while (await ReadAsync() is { } command)
        {
            registry.Remove(tasks.NoOp.Name);
            if (command is Work) registry.Handle(tasks.NoOp, (_, _) => Task.CompletedTask);
            Console.WriteLine(Done);
        }

        await host.StopAsync();
    }

    /// <summary>The console blocks whoever reads it, and a thread of the pool would be missed: on a small machine it has two.</summary>
    private static Task<string?> ReadAsync() =>
        Task.Factory.StartNew(Console.In.ReadLine, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Tell(string what, long number) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {number}"));
}
