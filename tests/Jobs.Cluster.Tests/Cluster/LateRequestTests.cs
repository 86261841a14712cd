using Jobs.Conformance;
using Jobs.Grains.Contracts;
using Jobs.Postgres.Tests;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>An enqueue that lay in a silo that stood still comes after its repeat, when its job has run and ended.</summary>
public sealed class LateRequestTests(PostgresFixture postgres) : IAsyncDisposable
{
    private static readonly TaskDefinition<int> Count = TaskDefinition.Create<int>("count");
    private readonly PostgresClusterFixture _fixture = new(postgres);
    private readonly Recording<int> _runs = new();
    private TestSilos? _silos;

    public async ValueTask DisposeAsync()
    {
        if (_silos is not null) await _silos.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Its_job_does_not_run_again()
    {
        _silos = (TestSilos)_fixture.Create(
            jobs => jobs.Handle(Count, (n, _) =>
            {
                _runs.Add(n);
                return Task.CompletedTask;
            }),
            TimeProvider.System,
            null);
        await _silos.StartAsync().Soon();
        var id = new JobIdSource(new PastClock(), new Random(1)).Next(QueueName.Default, 0);
        var late = new EnqueueRequest
        {
            Queue = QueueName.Default,
            Partition = 0,
            Jobs = [new NewJobMessage { Id = id, Task = Count.Name, Payload = "1"u8.ToArray(), Options = new JobOptionsMessage() }],
        };
        var partition = _silos.Grains.GetGrain<IQueuePartition>(PartitionKeys.Of(QueueName.Default, 0));
        await partition.EnqueueAsync(late with { IsRepeated = true }, CancellationToken.None).Soon();
        Assert.Equal(JobState.Completed, (await _silos.Client.WaitAsync(id).Soon()).State);

        await Assert.ThrowsAsync<DuplicateJobException>(() => partition.EnqueueAsync(late, CancellationToken.None).Soon());
        Assert.Equal([1], _runs.Items);
        Assert.Equal(1, (await _silos.Client.CountAsync().Soon()).Completed);
    }

    /// <summary>The clock of whoever made the id twenty seconds ago.</summary>
    private sealed class PastClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - TimeSpan.FromSeconds(20);
    }
}
