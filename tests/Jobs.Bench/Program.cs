using System.Runtime.InteropServices;
using Jobs.Bench;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(BenchOptions.Usage);
    return 0;
}

try
{
    if (ClusterProgram.ArgumentsIn(args) is { } clusterArguments) return await ClusterProgram.RunAsync(clusterArguments);
    var options = BenchOptions.Parse(args);
    if (options.Measure is "cron" || !options.IsDurable) new CronBench(options).Run();
    if (options.Measure is "cron") return 0;
    await using var store = await BenchStore.CreateAsync(options);

    // Ctrl-C ends the run at the next round, and what the run made is removed.
    using var stop = new CancellationTokenSource();
    using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    if (options.Measure is "open")
    {
        await new OpenBench(options, store).RunAsync(stop.Token);
        return 0;
    }

    if (options.Measure is "soak")
    {
        await new SoakBench(options, store).RunAsync(stop.Token);
        return 0;
    }

    await new ThroughputBench(options, BenchSystem.Embedded(options, store)).RunAsync(stop.Token);
    await new LatencyBench(options, BenchSystem.Embedded(options, store)).RunAsync(stop.Token);
    return 0;

    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\nJobs.Bench --help lists the options.");
    return 2;
}
catch (OperationCanceledException)
{
    return 130;
}
