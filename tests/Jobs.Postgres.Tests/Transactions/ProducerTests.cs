using Jobs.Conformance;

namespace Jobs.Postgres.Tests.Transactions;

/// <summary>A process that has the database's address and nothing else.</summary>
public sealed class ProducerTests(PostgresFixture postgres) : TransactionContract(postgres)
{
    private static readonly ResultTask<string, string> Greet = ResultTask.Create<string, string>("greet");

    [Fact]
    public async Task Jobs_that_are_written_while_no_service_runs_are_run_when_one_does()
    {
        var producer = NewProducer();
        var alone = await producer.EnqueueAsync(Greet, "alone");
        JobHandle<string> together;
        await using (var transaction = await BeginAsync())
        {
            await WriteOrderAsync(transaction.Connection!, "together");
            together = await producer.InTransaction(transaction).EnqueueAsync(Greet, "together", o => o.On("never-seen"));
            await transaction.CommitAsync();
        }

        Assert.Equal(JobState.Pending, (await alone.GetAsync()).State);
        await StartAsync(jobs => jobs.Handle(Greet, (name, _) => Task.FromResult($"hello {name}")));

        Assert.Equal(["hello alone", "hello together"], [await alone.ResultAsync().Soon(), await together.ResultAsync().Soon()]);
        Assert.Equal(2, (await producer.CountAsync()).Completed);
        Assert.Equal([together.Id, alone.Id], (await producer.ListAsync(new JobQuery())).Select(job => job.Id));
    }

    [Fact]
    public async Task Partitions_are_chosen_as_the_service_has_them()
    {
        var client = (await StartAsync(jobs => jobs
            .Queue("spread", q => (q.Partitions, q.Concurrency) = (5, 0))
            .Handle(Greet, (n, _) => Task.FromResult(n)))).Client;
        var producer = NewProducer();
        var handles = await producer.EnqueueManyAsync(Greet, [.. Enumerable.Range(0, 10).Select(i => $"{i}")], o => o.On("spread"));
        Assert.Equal(Enumerable.Range(0, 5), handles.Select(h => h.Id.Partition).Distinct().Order());
        var here = await producer.EnqueueAsync(Greet, "x", o => o.On("spread").GroupKey = "g");
        var there = await client.EnqueueAsync(Greet, "x", o => o.On("spread").GroupKey = "g");
        Assert.Equal(there.Id.Partition, here.Id.Partition);
    }

    [Fact]
    public async Task A_producer_waits_as_long_as_it_is_told_and_changes_nothing()
    {
        var producer = NewProducer();
        var handle = await producer.EnqueueAsync(Greet, "nobody runs it");

        await Assert.ThrowsAsync<JobWaitTimeoutException>(() => handle.ResultAsync(TimeSpan.Zero).AsTask());
        await Assert.ThrowsAsync<NotSupportedException>(() => handle.CancelAsync().AsTask());
        await Assert.ThrowsAsync<JobNotFoundException>(() => producer.WaitAsync(JobId.FromName(QueueName.Default, "none")).AsTask());
    }
}
