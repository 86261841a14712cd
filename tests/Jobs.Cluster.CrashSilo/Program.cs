using System.Net;
using Jobs;
using Jobs.Cluster.CrashSilo;
using Jobs.Core;
using Jobs.Grains.Postgres;
using Jobs.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Orleans.Configuration;
using Orleans.Hosting;

var options = CrashSiloOptions.Parse(args);
var journal = new SiloJournal(new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 14));
var handler = new CrashHandler(journal, options.Name);
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
builder.UseOrleans(silo =>
{
    silo.Configure<ClusterOptions>(names => (names.ClusterId, names.ServiceId) = (options.Schema, options.Schema));
    silo.Configure<SiloOptions>(name => name.SiloName = options.Name);
    silo.ConfigureEndpoints(IPAddress.Loopback, options.SiloPort, options.GatewayPort);
    silo.UsePostgresCluster(options.Connection, options.Schema);
    silo.AddJobs(jobs =>
    {
        jobs.WorkerName = options.Name;
        jobs.UsePostgres(options.Connection, postgres => postgres.Schema = options.Schema)
            .Queue(CrashTasks.Spread, queue => (queue.Partitions, queue.Concurrency) = (CrashTasks.Partitions, 32))
            .Handle(CrashTasks.Run, handler.RunAsync)
            .AddObserver(new CompletionObserver(journal));
    });
});

// The input stays open as long as there is a test to talk to; a silo must not outlive it. The console blocks whoever reads it, and a thread of the
// pool would be missed: on a small machine it has two.
var reader = new Thread(() =>
{
    while (Console.In.ReadLine() is not null)
    {
    }

    Environment.Exit(1);
}) { IsBackground = true };
reader.Start();
using var host = builder.Build();
await host.StartAsync();
journal.Tell("up");
await host.WaitForShutdownAsync();
journal.Tell("down");
