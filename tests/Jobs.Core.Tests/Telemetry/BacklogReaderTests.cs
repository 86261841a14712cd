using Jobs.Conformance;
using Jobs.Core.Tests.Embedded;
using Jobs.Testing;

namespace Jobs.Core.Tests.Telemetry;

/// <summary>When the store is asked what is unfinished, and what is told meanwhile.</summary>
public sealed class BacklogReaderTests : IAsyncDisposable
{
    private static readonly PartitionKey Home = new("home", 0);

    private readonly ManualTimeProvider _clock = new();
    private readonly AskedStore _store = new();
    private readonly BacklogReader _reader;
    private IReadOnlyCollection<PartitionKey> _owned = [Home];

    public BacklogReaderTests() => _reader = new BacklogReader(_store, () => _owned, _clock, _clock);

    public async ValueTask DisposeAsync() => await _reader.DisposeAsync();

    [Fact]
    public async Task A_look_asks_for_what_a_later_one_tells()
    {
        Assert.Empty(_reader.Look());
        var asked = await AskedAsync(1);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(_reader.Look());
        asked.Answer.SetResult([new PartitionBacklog(Home, new JobCounts { Pending = 3 }, asked.AsOf - TimeSpan.FromSeconds(5))]);
        Assert.Equal(new QueueBacklog("home", new JobCounts { Pending = 3 }, TimeSpan.FromSeconds(5)), await ToldAsync());
        Assert.Single(_store.Asked.Items);
    }

    [Fact]
    public async Task Partitions_add_up_to_queues_and_the_oldest_of_all_counts()
    {
        _owned = [Home, new("home", 1), new("empty", 0)];
        _reader.Look();
        var asked = await AskedAsync(1);
        Assert.Equal(_owned, asked.Partitions);
        asked.Answer.SetResult([
            new(Home, new JobCounts { Pending = 1, Retrying = 2 }, asked.AsOf - TimeSpan.FromSeconds(1)),
            new(new("home", 1), new JobCounts { Pending = 4, Scheduled = 8, Running = 16 }, asked.AsOf - TimeSpan.FromSeconds(9)),
        ]);
        await ToldAsync();
        Assert.Equal([
            new QueueBacklog("home", new JobCounts { Pending = 5, Retrying = 2, Scheduled = 8, Running = 16 }, TimeSpan.FromSeconds(9)),
            new QueueBacklog("empty", new JobCounts(), TimeSpan.Zero),
        ], _reader.Look());
    }

    [Fact]
    public async Task Looks_that_follow_soon_ask_no_more_and_a_slow_store_is_asked_more_rarely()
    {
        _reader.Look();
        (await AskedAsync(1)).Answer.SetResult([]);
        await ToldAsync();
        _clock.Advance(BacklogReader.Period - TimeSpan.FromMilliseconds(1));
        _reader.Look();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _reader.Look();
        var slow = await AskedAsync(2);
        _clock.Advance(TimeSpan.FromSeconds(2));
        slow.Answer.SetResult([new(Home, new JobCounts { Pending = 7 }, null)]);
        while ((await ToldAsync()).Counts.Pending != 7) await Task.Yield();
        _clock.Advance(TimeSpan.FromSeconds(97));
        _reader.Look();
        Assert.Equal(2, _store.Asked.Items.Count);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _reader.Look();
        (await AskedAsync(3)).Answer.SetResult([]);
    }

    [Fact]
    public async Task Of_a_store_that_fails_nothing_is_told_until_it_answers()
    {
        _reader.Look();
        (await AskedAsync(1)).Answer.SetResult([]);
        await ToldAsync();
        _clock.Advance(BacklogReader.Period);
        _reader.Look();
        (await AskedAsync(2)).Answer.SetException(new TimeoutException());
        while (_reader.Look().Count > 0) await Task.Yield();
        _clock.Advance(BacklogReader.Period);
        _reader.Look();
        (await AskedAsync(3)).Answer.SetResult([]);
        await ToldAsync();
    }

    [Fact]
    public async Task Who_owns_nothing_and_who_has_ended_asks_nothing()
    {
        _owned = [];
        _reader.Look();
        await _reader.DisposeAsync();
        _owned = [Home];
        Assert.Empty(_reader.Look());
        await _reader.DisposeAsync();
        Assert.Empty(_store.Asked.Items);
    }

    [Fact]
    public async Task An_end_waits_for_the_reading_that_is_under_way()
    {
        _reader.Look();
        var asked = await AskedAsync(1);
        var ended = _reader.DisposeAsync().AsTask();
        Assert.True(asked.Cancellation.IsCancellationRequested);
        Assert.False(ended.IsCompleted);
        asked.Answer.SetCanceled(asked.Cancellation);
        await ended.Soon();
    }

    private async Task<Question> AskedAsync(int times) => (await _store.Asked.Reaches(times).Soon())[times - 1];

    /// <summary>The first queue of what is told, once anything is; the time stands still, so this asks for nothing.</summary>
    private Task<QueueBacklog> ToldAsync()
    {
        return LookAsync().Soon();

        async Task<QueueBacklog> LookAsync()
        {
            while (true)
            {
                if (_reader.Look() is [var first, ..]) return first;
                await Task.Yield();
            }
        }
    }

    private sealed record Question(IReadOnlyCollection<PartitionKey> Partitions, DateTimeOffset AsOf, CancellationToken Cancellation)
    {
        internal TaskCompletionSource<IReadOnlyList<PartitionBacklog>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Notes what it is asked, and answers when the test says.</summary>
    private sealed class AskedStore() : StoreDecorator(new InMemoryJobStore())
    {
        internal Recording<Question> Asked { get; } = new();

        public override async ValueTask<IReadOnlyList<PartitionBacklog>> ReadBacklogAsync(
            IReadOnlyCollection<PartitionKey> partitions, DateTimeOffset asOf, CancellationToken cancellation)
        {
            var question = new Question(partitions, asOf, cancellation);
            Asked.Add(question);
            return await question.Answer.Task;
        }
    }
}
