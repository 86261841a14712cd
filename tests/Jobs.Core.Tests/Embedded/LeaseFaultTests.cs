using Jobs.Conformance;
using Jobs.Testing;

namespace Jobs.Core.Tests.Embedded;

/// <summary>What becomes of leases when the store fails, or the partition is lost.</summary>
public sealed class LeaseFaultTests : IAsyncDisposable
{
    private static readonly TaskDefinition<string> Pulled = TaskDefinition.Create<string>("pulled");

    private readonly InMemoryJobStore _inner = new();
    private readonly RefusingStore _store;
    private readonly ManualClock _clock = new();
    private EmbeddedEngine? _engine;

    public LeaseFaultTests() => _store = new RefusingStore(_inner);

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
    }

    [Fact]
    public async Task A_job_whose_start_cannot_be_written_is_not_handed_over_and_not_lost()
    {
        var client = await StartAsync();
        var job = await client.EnqueueAsync(Pulled, "x");
        _store.Refuse = true;
        await Assert.ThrowsAsync<IOException>(() => client.TakeAsync(Pulled).AsTask().Soon());
        _store.Refuse = false;

        // What was not handed over goes back with the next commit that the store takes.
        var take = client.TakeAsync(Pulled, new() { Wait = TimeSpan.FromDays(1) }).AsTask();
        await _clock.AdvanceUntilAsync(TimeSpan.FromMinutes(1), take).Soon();
        var lease = Assert.Single(await take);
        Assert.Equal((job.Id, 1, 0), (lease.Job.Id, lease.Job.Attempt, lease.Job.LostDeliveries));
        await lease.AckAsync().Soon();
    }

    [Fact]
    public async Task An_answer_that_cannot_be_written_can_be_given_again()
    {
        var client = await StartAsync();
        var job = await client.EnqueueAsync(Pulled, "x");
        var lease = Assert.Single(await client.TakeAsync(Pulled).Soon());
        _store.Refuse = true;
        await Assert.ThrowsAsync<IOException>(() => lease.AckAsync().AsTask().Soon());
        await Assert.ThrowsAsync<IOException>(() => lease.ExtendAsync().AsTask().Soon());
        _store.Refuse = false;
        Assert.Equal(JobState.Running, (await job.GetAsync()).State);
        await lease.AckAsync().Soon();
        Assert.Equal(JobState.Completed, (await job.WaitAsync().Soon()).State);
    }

    [Fact]
    public async Task A_lease_holds_when_the_partition_is_lost_and_opened_anew()
    {
        var client = await StartAsync();
        var job = await client.EnqueueAsync(Pulled, "x");
        var lease = Assert.Single(await client.TakeAsync(Pulled, new() { Length = TimeSpan.FromHours(1) }).Soon());
        var waiting = client.TakeAsync(Pulled, new() { Wait = TimeSpan.FromDays(1) }).AsTask();
        await _inner.OwnAsync(new("default", 0), "another", CancellationToken.None);

        // The first write finds out; the engine opens the partition again at once, and the one who waits goes on waiting.
        _clock.Advance(TimeSpan.FromSeconds(2));
        await lease.AckAsync().Soon();
        Assert.Equal(JobState.Completed, (await job.WaitAsync().Soon()).State);
        var next = await client.EnqueueAsync(Pulled, "y");
        Assert.Equal(next.Id, Assert.Single(await waiting.Soon()).Job.Id);
    }

    [Fact]
    public async Task Jobs_that_come_for_somebody_who_has_left_are_given_back_unused()
    {
        var client = await StartAsync();
        var job = await client.EnqueueAsync(Pulled, "x");
        var committing = _store.HoldNext();
        using var stop = new CancellationTokenSource();
        var take = client.TakeAsync(Pulled, null, stop.Token).AsTask();
        await committing.Soon();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => take.Soon());
        _store.LetGo();

        var lease = Assert.Single(await client.TakeAsync(Pulled, new() { Wait = TimeSpan.FromMinutes(1) }).Soon());
        Assert.Equal((job.Id, 1, 0), (lease.Job.Id, lease.Job.Attempt, lease.Job.LostDeliveries));
    }

    private async Task<IJobClient> StartAsync()
    {
        _engine = await EmbeddedJobs.StartAsync(b =>
        {
            b.Clock = _clock;
            b.UseStore(_ => _store).Accept(Pulled);
        });
        return _engine.Client;
    }

    private sealed class RefusingStore(IJobStore inner) : StoreDecorator(inner)
    {
        private TaskCompletionSource? _reached;
        private TaskCompletionSource? _gate;

        internal bool Refuse { get; set; }

        internal Task HoldNext()
        {
            _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _reached.Task;
        }

        internal void LetGo() => _gate!.TrySetResult();

        public override async ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
        {
            if (Refuse) throw new IOException("The disk is full.");
            if (Interlocked.Exchange(ref _reached, null) is { } reached)
            {
                reached.TrySetResult();
                await _gate!.Task;
            }

            return await base.CommitAsync(units, cancellation);
        }
    }
}
