namespace Jobs.Bench;

/// <summary>Something that is measured.</summary>
/// <param name="Name">The name under which its figures are printed.</param>
/// <param name="Place">Where its jobs are.</param>
/// <param name="StartAsync">Starts it, with or without workers.</param>
internal sealed record BenchSystem(string Name, BenchStore Place, Func<bool, Task<IBenchEngine>> StartAsync)
{
    /// <summary>The engine in this process.</summary>
    internal static BenchSystem Embedded(BenchOptions options, BenchStore place) =>
        new(options.System, place, async runsJobs => await BenchEngine.StartAsync(options, place.Open(), runsJobs));
}
