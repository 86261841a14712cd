using Jobs.Core.Tests.Embedded;
using Jobs.Testing;

namespace Jobs.Core.Tests.Commit;

/// <summary>When a process looks at the sizes of its queues' histories, and how long what it saw holds.</summary>
public sealed class HistoryPrunerTests : IAsyncDisposable
{
    private static readonly HistoryPlace Cut = new(DateTimeOffset.UnixEpoch, 7, 0);

    private readonly ManualTimeProvider _clock = new();
    private readonly SizedStore _store = new();
    private readonly HistoryPruner _pruner;

    public HistoryPrunerTests() => _pruner = new HistoryPruner(_store, _clock);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Sizes_are_looked_at_at_first_and_then_once_an_hour()
    {
        await PruneAsync(Limited(100));
        for (var minute = 1; minute < 60; minute++)
        {
            _clock.Advance(HistoryPruner.Period);
            await PruneAsync(Limited(100));
        }

        Assert.Equal([100], _store.Measured);
        Assert.Equal(60, _store.Requests.Count);
        _clock.Advance(HistoryPruner.Period);
        await PruneAsync(Limited(100));
        Assert.Equal([100, 100], _store.Measured);
    }

    [Fact]
    public async Task A_limit_that_is_new_is_looked_at_at_once()
    {
        await PruneAsync(Limited(100));
        await PruneAsync(Limited(50));
        await PruneAsync(new QueueOptions());
        await PruneAsync(Limited(50));
        Assert.Equal([100, 50, 50], _store.Measured);
    }

    [Fact]
    public async Task What_was_seen_holds_until_all_of_it_is_removed_and_no_longer()
    {
        _store.Cut = Cut;
        _store.Results.Enqueue(5_000);
        _store.Results.Enqueue(null);
        await Assert.ThrowsAsync<TimeoutException>(() => PruneAsync(Limited(100)).AsTask());

        // The rest is below the limit meanwhile.
        _store.Cut = null;
        _store.Results.Enqueue(3);
        await PruneAsync(Limited(100));
        Assert.Equal([100], _store.Measured);
        Assert.Equal(4, _store.Requests.Count);
        Assert.All(_store.Requests, r => Assert.Equal(Cut, r.SizeCuts[("q", JobState.Dead)]));

        await PruneAsync(Limited(100));
        Assert.Empty(_store.Requests[^1].SizeCuts);
    }

    [Fact]
    public async Task A_process_that_stops_looks_at_nothing()
    {
        await _pruner.PruneAsync([new("q", Limited(100))], () => false);
        Assert.Empty(_store.Measured);
        Assert.Empty(_store.Requests);
    }

    private static QueueOptions Limited(long maxBytes) =>
        new() { History = new HistoryLimits { Dead = new HistoryLimit(MaxBytes: maxBytes), Completed = new HistoryLimit(MaxRecords: 1) } };

    private ValueTask PruneAsync(QueueOptions options) => _pruner.PruneAsync([new("q", options)], () => true);

    /// <summary>Says of each size what the test says, and keeps nothing.</summary>
    private sealed class SizedStore() : StoreDecorator(new InMemoryJobStore())
    {
        internal HistoryPlace? Cut { get; set; }

        internal List<long> Measured { get; } = [];

        internal List<PruneRequest> Requests { get; } = [];

        /// <summary>How many records each call removes, then none; null fails.</summary>
        internal Queue<int?> Results { get; } = [];

        public override ValueTask<HistoryPlace?> FindSizeCutAsync(QueueName queue, JobState state, long maxBytes, CancellationToken cancellation)
        {
            Assert.Equal(("q", JobState.Dead), (queue.Value, state));
            Measured.Add(maxBytes);
            return new(Cut);
        }

        public override ValueTask<int> PruneAsync(PruneRequest request, CancellationToken cancellation)
        {
            Requests.Add(request);
            return new(Results.TryDequeue(out var result) ? result ?? throw new TimeoutException() : 0);
        }
    }
}
