using System.Runtime.InteropServices;
using Jobs.Bench;
using Jobs.Cluster.Bench;
using Jobs.Postgres.Tests;

if (args is ["silo", .. var silo])
{
    await BenchSilo.RunAsync(BenchSiloOptions.Parse(silo));
    return 0;
}

if (args is ["--help" or "-h"])
{
    Console.WriteLine($"{ClusterBenchOptions.Usage}\n\n{IdleOptions.Usage}\n\n{HopBench.Usage}");
    return 0;
}

try
{
    using var stop = new CancellationTokenSource();
    using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    if (args is ["idle", .. var idle])
    {
        await IdleBench.RunAsync(IdleOptions.Parse(idle), stop.Token);
        return 0;
    }

    var takesApart = args is ["hop", ..];
    var options = ClusterBenchOptions.Parse(takesApart ? args[1..] : args);
    await using var server = options.Bench.Postgres is not null ? null : await ThrowawayPostgres.StartAsync()
        ?? throw new FormatException("PostgreSQL is not installed here. Say with --postgres how to reach a server.");
    options = options.On(server?.ConnectionString);
    await (takesApart ? HopBench.RunAsync(options, stop.Token) : ClusterBench.RunAsync(options, stop.Token));
    return 0;

    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\nJobs.Cluster.Bench --help lists the options.");
    return 2;
}
catch (OperationCanceledException)
{
    return 130;
}
