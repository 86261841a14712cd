using System.Transactions;
using Jobs.Conformance;
using Npgsql;

namespace Jobs.Postgres.Tests.Transactions;

/// <summary>Jobs that are enqueued in a transaction of the caller's share its fate.</summary>
public sealed class TransactionalEnqueueTests(PostgresFixture postgres) : TransactionContract(postgres)
{
    private static readonly ResultTask<string, string> Greet = ResultTask.Create<string, string>("greet");
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");

    private readonly Recording<string> _ran = new();

    [Fact]
    public async Task A_transaction_that_commits_leaves_one_job_and_one_that_rolls_back_leaves_none()
    {
        var client = await StartClientAsync();
        await using (var undone = await BeginAsync())
        {
            await WriteOrderAsync(undone.Connection!, "undone");
            await client.InTransaction(undone).EnqueueAsync(Greet, "undone");
            await undone.RollbackAsync();
        }

        JobHandle<string> handle;
        await using (var kept = await BeginAsync())
        {
            await WriteOrderAsync(kept.Connection!, "kept");
            handle = await client.InTransaction(kept).EnqueueAsync(Greet, "kept");
            Assert.Null(await client.FindAsync(handle.Id));
            await kept.CommitAsync();
        }

        Assert.Equal("hello kept", await handle.ResultAsync().Soon());
        Assert.Equal(1, (await client.CountAsync()).Completed);
        Assert.Equal(["kept"], _ran.Items);
        Assert.Equal((1L, 0L), (await CountAsync(Orders), await CountAsync($"{Schema}.inbox")));
    }

    [Fact]
    public async Task Jobs_of_an_ambient_transaction_are_there_when_its_scope_is_completed_and_only_then()
    {
        var client = await StartClientAsync();
        await InScopeAsync(completes: false, async connection => await client.InAmbientTransaction(connection).EnqueueAsync(Greet, "undone"));
        JobHandle<string>? handle = null;
        await InScopeAsync(completes: true, async connection => handle = await client.InAmbientTransaction(connection).EnqueueAsync(Greet, "kept"));

        Assert.Equal("hello kept", await handle!.ResultAsync().Soon());
        Assert.Equal(["kept"], _ran.Items);
        Assert.Equal(1, await CountAsync(Orders));
    }

    [Fact]
    public async Task What_is_not_in_a_transaction_any_more_is_an_error_and_not_a_commit_at_once()
    {
        var client = await StartClientAsync();
        var connection = await ConnectAsync();
        Assert.Throws<InvalidOperationException>(() => client.InAmbientTransaction(connection));
        await using var transaction = await connection.BeginTransactionAsync();
        var bound = client.InTransaction(transaction);
        await transaction.CommitAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => bound.EnqueueAsync(Work, "late").AsTask());

        IJobClient? ambient = null;
        await InScopeAsync(completes: true, c => Task.FromResult(ambient = client.InAmbientTransaction(c)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ambient!.EnqueueAsync(Work, "late").AsTask());
        Assert.Equal(0, await CountAsync($"{Schema}.inbox"));
    }

    [Fact]
    public async Task A_job_that_is_awaited_inside_its_transaction_is_refused()
    {
        var client = await StartClientAsync();
        await using var transaction = await BeginAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.InTransaction(transaction).RunAsync(Greet, "never").AsTask());
    }

    [Fact]
    public async Task What_is_wrong_with_a_job_is_found_before_anything_is_written_and_the_transaction_goes_on()
    {
        var client = await StartClientAsync();
        await using var transaction = await BeginAsync();
        var bound = client.InTransaction(transaction);

        await Assert.ThrowsAsync<TaskNotRegisteredException>(() => bound.EnqueueAsync(TaskDefinition.Create<string>("unknown"), "x").AsTask());
        await Assert.ThrowsAsync<LimitExceededException>(() => bound.EnqueueAsync(Work, new string('x', 2_000_000)).AsTask());
        await Assert.ThrowsAsync<InvalidJobOptionException>(() => bound.EnqueueBatchAsync(
            [NewJob.Of(Work, "good"), NewJob.Of(Work, "bad", o => o.Timeout = TimeSpan.FromSeconds(-1))]).AsTask());
        await Assert.ThrowsAsync<PayloadEncodingException>(() => bound.EnqueueAsync(Work, null!).AsTask());
        Assert.Empty(await bound.EnqueueManyAsync(Work, []));
        await Assert.ThrowsAsync<TaskNotRegisteredException>(() => bound.EnqueueManyAsync(TaskDefinition.Create<string>("unknown"), []).AsTask());

        var handle = await bound.EnqueueAsync(Work, "good");
        await transaction.CommitAsync();
        await handle.CompletionAsync().Soon();
        Assert.Equal(["good"], _ran.Items);
    }

    [Fact]
    public async Task A_batch_over_tasks_and_queues_comes_whole_and_in_order()
    {
        var client = await StartClientAsync(jobs => jobs.Queue("spread", q => q.Partitions = 3).Queue(QueueName.Default, q => q.Concurrency = 1));
        await using var transaction = await BeginAsync();
        var bound = client.InTransaction(transaction);
        var many = await bound.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 1_200).Select(i => $"{i}")]);
        var mixed = await bound.EnqueueBatchAsync(
            [NewJob.Of(Greet, "a", o => o.On("spread")), NewJob.Of(Work, "b"), NewJob.Of(Greet, "c", o => o.On("spread"))]);
        await transaction.CommitAsync();

        foreach (var handle in many.Concat(mixed)) await handle.CompletionAsync().Soon();

        Assert.Equal([.. Enumerable.Range(0, 1_200).Select(i => $"{i}"), "b"], _ran.Items.Where(name => name is not ("a" or "c")));
        Assert.Equal(1_203, (await client.CountAsync()).Completed);
        Assert.Equal(["spread", "default", "spread"], await Task.WhenAll(mixed.Select(async job => (await job.GetAsync()).Queue.Value)));
        Assert.All(mixed, job => Assert.InRange(job.Id.Partition, 0, 2));
    }

    [Fact]
    public async Task A_group_stays_in_one_partition_however_its_jobs_are_enqueued()
    {
        var client = await StartClientAsync(jobs => jobs.Queue("spread", q => q.Partitions = 8));
        await using var transaction = await BeginAsync();
        foreach (var group in Enumerable.Range(0, 20).Select(i => $"group-{i}"))
        {
            var here = await client.InTransaction(transaction).EnqueueAsync(Work, group, o => o.On("spread").GroupKey = group);
            var there = await client.EnqueueAsync(Work, group, o => o.On("spread").GroupKey = group);
            Assert.Equal(there.Id.Partition, here.Id.Partition);
        }
    }

    [Fact]
    public async Task A_job_whose_commit_nobody_told_of_is_found_all_the_same()
    {
        var client = await StartClientAsync(jobs => jobs.OwnerLease = TimeSpan.FromMilliseconds(200));
        await ExecuteAsync($"alter table {Schema}.inbox disable trigger inbox_arrived");
        await using var transaction = await BeginAsync();
        var handle = await client.InTransaction(transaction).EnqueueAsync(Greet, "quiet");
        await transaction.CommitAsync();

        Assert.Equal("hello quiet", await handle.ResultAsync().Soon());
    }

    [Fact]
    public async Task A_job_can_be_cancelled_as_soon_as_its_transaction_has_committed()
    {
        var client = await StartClientAsync();
        await ExecuteAsync($"alter table {Schema}.inbox disable trigger inbox_arrived");
        await using var transaction = await BeginAsync();
        var handle = await client.InTransaction(transaction).EnqueueAsync(Work, "far", o => o.After(TimeSpan.FromDays(1)));
        await transaction.CommitAsync();
        Assert.Equal(JobState.Scheduled, (await handle.GetAsync()).State);

        Assert.Equal(JobState.Cancelled, (await handle.CancelAsync().Soon()).State);
        Assert.Equal(0, await CountAsync($"{Schema}.inbox"));
    }

    [Fact]
    public async Task Enqueue_middleware_is_around_transactional_enqueues_too()
    {
        var client = await StartClientAsync(jobs => jobs.UseEnqueueMiddleware(_ => new TaggingMiddleware()));
        await using var transaction = await BeginAsync();
        var handle = await client.InTransaction(transaction).EnqueueAsync(Work, "x");
        await transaction.CommitAsync();

        Assert.Equal(["tagged"], (await handle.WaitAsync().Soon()).Tags);
    }

    private Task<IJobClient> StartClientAsync(Action<Jobs.Core.JobsBuilder>? configure = null) => StartAsync(jobs =>
    {
        jobs.Handle(Greet, (name, _) => Tell(name)).Handle(Work, (name, _) => Tell(name));
        configure?.Invoke(jobs);
    }).ContinueWith(engine => engine.Result.Client, TaskScheduler.Default);

    private Task<string> Tell(string name)
    {
        _ran.Add(name);
        return Task.FromResult($"hello {name}");
    }

    private async Task InScopeAsync(bool completes, Func<NpgsqlConnection, Task> enqueue)
    {
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await WriteOrderAsync(connection, "ambient");
        await enqueue(connection);
        if (completes) scope.Complete();
    }

    private sealed class TaggingMiddleware : IEnqueueMiddleware
    {
        public ValueTask<IReadOnlyList<JobHandle>> InvokeAsync(IReadOnlyList<EncodedJob> jobs, EnqueueDelegate next, CancellationToken cancellation) =>
            next([.. jobs.Select(job => job with { Options = (job.Options ?? new EnqueueOptions()).WithTag("tagged") })], cancellation);
    }
}
