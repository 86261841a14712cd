using Jobs.Conformance;
using Jobs.Core;
using Jobs.Grains.Node;
using Jobs.Testing;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Reading jobs for many callers, without a cluster around it: queries are held, and fail.</summary>
public sealed class JobLookUpsTests : IAsyncDisposable
{
    private const int MaxOpenQueries = 2;

    private readonly JobIdSource _ids = new(TimeProvider.System, new Random(1));
    private readonly InMemoryJobStore _store = new();

    [Fact]
    public async Task Those_who_ask_while_others_are_being_read_share_the_next_query()
    {
        var gate = new StoreGate();
        await using var held = new FaultyJobStore(_store, FaultPlan.When(_ => true, StoreFault.HoldAnswer(gate)));
        var lookUps = new JobLookUps(held);
        var early = Enumerable.Range(0, MaxOpenQueries).Select(_ => lookUps.FindAsync(NewId())).ToList();
        var open = new List<HeldStoreCall>();
        foreach (var _ in early) open.Add(await gate.NextAsync().Soon());

        // They ask after the others were answered by the store, and before these hear of it: they get what is true now.
        var job = await StoreAsync();
        var late = Enumerable.Range(0, 500).Select(i => lookUps.FindAsync(i % 2 == 0 ? job : NewId())).ToList();
        foreach (var call in open) call.Release();
        Assert.All(await Task.WhenAll(early).Soon(), Assert.Null);
        (await gate.NextAsync().Soon()).Release();
        var found = await Task.WhenAll(late).Soon();
        for (var i = 0; i < found.Length; i++) Assert.Equal(i % 2 == 0 ? job : null, found[i]?.Id);
        Assert.Equal(MaxOpenQueries + 1, held.Faults);
    }

    [Fact]
    public async Task A_query_that_fails_fails_for_those_who_share_it_and_the_next_one_is_made()
    {
        await using var faulty = new FaultyJobStore(_store, FaultPlan.When(call => call.Number == 1, StoreFault.FailBefore));
        var lookUps = new JobLookUps(faulty);
        var job = await StoreAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => lookUps.FindAsync(job).Soon());
        Assert.Equal(job, (await lookUps.FindAsync(job).Soon())?.Id);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private JobId NewId() => _ids.Next(QueueName.Default, 0);

    private async Task<JobId> StoreAsync()
    {
        var job = new JobRecord
        {
            Id = NewId(),
            Terms = new JobTerms { Task = "work", Queue = QueueName.Default },
            Payload = "1"u8.ToArray(),
            State = JobState.Pending,
            Sequence = 1,
            EnqueuedAt = TimeProvider.System.GetUtcNow(),
            RunAt = TimeProvider.System.GetUtcNow(),
        };
        var opening = await _store.OwnAsync(job.Partition, "test", CancellationToken.None);
        var verdicts = await _store.CommitAsync([new ForeignUnit([new JobChange(new JobTransition(null, job), opening.Epoch)])], CancellationToken.None);
        Assert.IsType<CommitVerdict.Committed>(Assert.Single(verdicts));
        return job.Id;
    }
}
