using Jobs.Conformance;
using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Leases over partitions and silos, and over what gets lost between them and the code that takes jobs (B9).</summary>
public sealed class LeaseTests : IAsyncDisposable
{
    private static readonly TaskDefinition<string> Pulled = TaskDefinition.Create<string>("pulled");
    private readonly TestSilos _silos;

    public LeaseTests()
    {
        var store = new SharedStore(new InMemoryJobStore());
        _silos = new TestSilos(jobs => jobs.Queue("wide", q => q.Partitions = 8).Accept(Pulled), () => store, TimeProvider.System);
    }

    public ValueTask DisposeAsync() => _silos.DisposeAsync();

    [Fact]
    public async Task Jobs_are_taken_from_all_partitions_wherever_they_are_and_waited_for_at_all_of_them()
    {
        await _silos.StartAsync().Soon();
        var client = _silos.Client;
        var jobs = await client.EnqueueManyAsync(Pulled, [.. Enumerable.Range(0, 40).Select(i => $"{i}")], o => o.Queue = "wide").Soon();
        var request = new LeaseRequest { Queue = "wide", MaxJobs = 100, Wait = TimeSpan.FromMinutes(1) };
        var taken = await client.TakeAsync(Pulled, request).Soon();
        Assert.Equal(jobs.Select(job => job.Id).Order(), taken.Select(lease => lease.Job.Id).Order());
        Assert.Equal(8, taken.Select(lease => lease.Job.Id.Partition).Distinct().Count());
        await Task.WhenAll(taken.Select(lease => lease.AckAsync().AsTask())).Soon();
        Assert.Equal(40, (await client.CountAsync("wide").Soon()).Completed);

        for (var i = 0; i < 10; i++)
        {
            var waiting = client.TakeAsync(Pulled, request).AsTask();
            var job = await client.EnqueueAsync(Pulled, "x", o => o.Queue = "wide").Soon();
            Assert.Equal(job.Id, Assert.Single(await waiting.Soon()).Job.Id);
        }
    }

    [Fact]
    public async Task A_take_whose_answer_was_lost_is_repeated_and_takes_nothing_more()
    {
        await _silos.StartAsync().Soon();
        await _silos.Client.EnqueueManyAsync(Pulled, ["a", "b", "c"]).Soon();
        var partition = _silos.Grains.GetGrain<IQueuePartition>("default/0");
        var take = Take(maxJobs: 2);
        var taken = await partition.TakeAsync(take).Soon();
        var again = await partition.TakeAsync(take with { IsRepeated = true }).Soon();
        Assert.Equal(taken.Select(job => job.Token), again.Select(job => job.Token));
        await partition.AnswerLeaseAsync(Answer(taken[0], LeaseAnswerKind.Ack)).Soon();
        Assert.Equal(taken[1].Token, Assert.Single(await partition.TakeAsync(take with { IsRepeated = true }).Soon()).Token);
        Assert.Single(await partition.TakeAsync(Take(maxJobs: 2)).Soon());
        Assert.Empty(await partition.TakeAsync(Take(maxJobs: 2)).Soon());
    }

    [Theory]
    [InlineData(LeaseAnswerKind.Ack)]
    [InlineData(LeaseAnswerKind.Nack)]
    [InlineData(LeaseAnswerKind.DeadLetter)]
    [InlineData(LeaseAnswerKind.GiveBack)]
    public async Task An_answer_whose_reply_was_lost_is_repeated_and_counts_once(LeaseAnswerKind kind)
    {
        await _silos.StartAsync().Soon();
        var job = await _silos.Client.EnqueueAsync(Pulled, "x").Soon();
        var partition = _silos.Grains.GetGrain<IQueuePartition>("default/0");
        var answer = Answer(Assert.Single(await partition.TakeAsync(Take(1)).Soon()), kind);
        await partition.AnswerLeaseAsync(answer).Soon();
        var before = await job.GetAsync().Soon();
        Assert.Null(await partition.AnswerLeaseAsync(answer with { IsRepeated = true }).Soon());
        Assert.Equal(before.Failures, (await job.GetAsync().Soon()).Failures);
        await Assert.ThrowsAsync<LeaseLostException>(() => partition.AnswerLeaseAsync(answer).Soon());
        await Assert.ThrowsAsync<LeaseLostException>(
            () => partition.AnswerLeaseAsync(answer with { IsRepeated = true, Kind = LeaseAnswerKind.Extend }).Soon());
    }

    [Fact]
    public async Task A_token_answers_its_lease_although_the_partition_has_another_owner()
    {
        await _silos.StartAsync().Soon();
        var job = await _silos.Client.EnqueueAsync(Pulled, "x").Soon();
        var lease = Assert.Single(await _silos.Client.TakeAsync(Pulled).Soon());
        await _silos.Nodes.First().Store.ClaimAsync(
            new PartitionKey("default", 0), new OwnershipClaim("somebody else", TimeSpan.FromSeconds(10), EvenIfHeld: true), default);
        await lease.ExtendAsync().Soon();
        Assert.Empty(await _silos.Client.TakeAsync(Pulled).Soon());
        await lease.AckAsync().Soon();
        Assert.Equal((JobState.Completed, 1), await job.WaitAsync().Soon() is { } end ? (end.State, end.Deliveries) : default);
    }

    private static TakeRequest Take(int maxJobs) =>
        new() { Id = Guid.NewGuid(), MaxJobs = maxJobs, Length = TimeSpan.FromMinutes(5), Consumer = "somebody" };

    private static LeaseAnswer Answer(LeasedJob job, LeaseAnswerKind kind) => new()
    {
        Job = job.Job.Id,
        Delivery = job.Token.Delivery,
        Kind = kind,
        Delay = TimeSpan.FromHours(1),
        Error = "as it was asked to",
        Length = TimeSpan.FromMinutes(5),
    };
}
