using Jobs.Core;

namespace Jobs.Bench;

/// <summary>A place for jobs that a run has for itself and removes when it ends.</summary>
internal abstract class BenchStore : IAsyncDisposable
{
    internal const double BytesPerMegabyte = 1024 * 1024;

    internal static async Task<BenchStore> CreateAsync(BenchOptions options) => options.Store switch
    {
        "sqlite" => SqliteBenchStore.Make(options),
        "postgres" => await PostgresBenchStore.StartAsync(options),
        _ => new MemoryBenchStore(),
    };

    /// <summary>Removes the unfinished jobs that a round left behind.</summary>
    internal abstract Task ClearAsync();

    /// <summary>A store on this place, for one engine, which disposes it.</summary>
    internal abstract IJobStore Open();

    /// <summary>What the soak prints besides the store-independent figures: tables, indexes, log.</summary>
    internal abstract Task<IReadOnlyList<(string Name, double Value)>> SizesAsync();

    /// <summary>
    /// How long each of some commits takes of one row in a table without an index, by one prepared statement: what the server and its disk take
    /// whatever a queue does. With ends, rows have a key and are deleted by it meanwhile. Null if the place has no such thing.
    /// </summary>
    internal virtual Task<List<double>?> BareCommitsAsync(int count, int bytes, bool withEnds, CancellationToken stop) =>
        Task.FromResult<List<double>?>(null);

    public abstract ValueTask DisposeAsync();
}
