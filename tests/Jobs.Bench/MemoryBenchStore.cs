using Jobs.Core;

namespace Jobs.Bench;

/// <summary>Memory; its stores are one, so that jobs outlive the engine that enqueued them.</summary>
internal sealed class MemoryBenchStore : BenchStore
{
    private InMemoryJobStore _store = new();

    internal override Task ClearAsync()
    {
        _store = new InMemoryJobStore();
        return Task.CompletedTask;
    }

    internal override IJobStore Open() => _store;

    internal override Task<IReadOnlyList<(string Name, double Value)>> SizesAsync() => Task.FromResult<IReadOnlyList<(string Name, double Value)>>([]);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
