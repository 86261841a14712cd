using Jobs.Bench;

BenchOptions options;
try
{
    options = BenchOptions.Parse(args);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}

await new ThroughputBench(options).RunAsync();
await new LatencyBench(options).RunAsync();
return 0;
