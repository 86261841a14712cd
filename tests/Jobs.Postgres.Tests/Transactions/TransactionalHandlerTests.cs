using Jobs.Conformance;
using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres.Tests.Transactions;

/// <summary>What a transactional handler writes is there if its job has ended well, and only then.</summary>
public sealed class TransactionalHandlerTests(PostgresFixture postgres) : TransactionContract(postgres)
{
    private static readonly ResultTask<string, int> Count = ResultTask.Create<string, int>("count");
    private static readonly TaskDefinition<string> Charge = TaskDefinition.Create<string>("charge", o => o.Backoff = RetryPolicy.Constant(TimeSpan.Zero));

    private readonly HeldHandler _held = new();

    [Fact]
    public async Task What_a_handler_wrote_commits_with_its_result_and_is_seen_by_nobody_before()
    {
        var client = await ServeAsync(jobs => jobs.HandleInTransaction(Count, async (name, transaction, job) =>
        {
            await WriteOrderAsync(transaction.Connection!, name);
            await _held.RunAsync(name, job);
            return 7;
        }));
        var handle = await client.EnqueueAsync(Count, "a");
        await _held.Runs.Reaches(1).Soon();
        Assert.Equal(0, await CountAsync(Orders));

        _held.Release();
        Assert.Equal(7, await handle.ResultAsync().Soon());
        Assert.Equal(1, await CountAsync(Orders));
        Assert.Equal((JobState.Completed, 1), ((await handle.GetAsync()).State, (await handle.GetAsync()).Deliveries));
    }

    [Fact]
    public async Task Many_of_them_run_beside_plain_ones_and_each_writes_once()
    {
        var plain = TaskDefinition.Create<string>("plain");
        var client = await ServeAsync(jobs => jobs
            .Queue(QueueName.Default, q => q.Concurrency = 40)
            .Handle(plain, async (_, _) => await Task.Yield())
            .HandleInTransaction(Charge, (name, transaction, _) => WriteOrderAsync(transaction.Connection!, name)));
        var handles = await client.EnqueueBatchAsync(
            [.. Enumerable.Range(0, 400).Select(i => NewJob.Of(i % 2 == 0 ? Charge : plain, $"{i}", i % 10 == 0 ? o => o.GroupKey = "g" : null))]);

        foreach (var handle in handles) await handle.CompletionAsync().Soon();
        Assert.Equal((200L, 200L), (await CountAsync(Orders), await CountAsync($"(select distinct name from {Orders}) o")));
        Assert.Equal((400L, 0L), ((await client.CountAsync()).Completed, (await client.CountAsync()).Unfinished));
        Assert.Equal(0, await CountAsync($"{Schema}.job"));
    }

    [Theory]
    [InlineData("exception")]
    [InlineData("retry")]
    [InlineData("swallowed")]
    [InlineData("ended")]
    [InlineData("deferred")]
    [InlineData("killed")]
    [InlineData("killed at the commit")]
    public async Task What_an_attempt_wrote_that_failed_is_taken_back_and_its_failure_is_kept(string how)
    {
        await ExecuteAsync($"alter table {Orders} add column fails boolean not null default false, add column twin text");
        await ExecuteAsync($"alter table {Orders} add constraint twin unique (twin) deferrable initially deferred");
        await ExecuteAsync(
            $"create function {Schema}.fall() returns trigger language plpgsql as "
            + "$$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$");
        await ExecuteAsync(
            $"create constraint trigger fall after insert on {Orders} deferrable initially deferred "
            + $"for each row when (new.fails) execute function {Schema}.fall()");
        var client = await ServeAsync(jobs => jobs.HandleInTransaction(Charge, async (name, transaction, job) =>
        {
            await WriteOrderAsync(transaction.Connection!, name);
            return job.Attempt > 1 ? JobOutcome.Done() : await FailAsync(how, transaction);
        }));

        var ended = await (await client.EnqueueAsync(Charge, "a")).WaitAsync().Soon();

        Assert.Equal((JobState.Completed, 1, 2), (ended.State, ended.Failures, ended.Deliveries));
        var rows = how is "ended" ? 2 : 1;
        Assert.Equal(rows, await CountAsync(Orders));
        var error = Assert.Single(ended.Errors);
        if (how is "exception" or "retry") Assert.Equal("it failed", error.Message);
        if (how is "ended") Assert.Contains("Leave the end to the service", error.Message);
        if (how is "swallowed") Assert.Contains(PostgresErrorCodes.InFailedSqlTransaction, error.Message);
        if (how is "deferred") Assert.Contains(PostgresErrorCodes.UniqueViolation, error.Message);
    }

    [Fact]
    public async Task A_time_out_takes_back_what_was_written()
    {
        var client = await ServeAsync(jobs => jobs.HandleInTransaction(Charge, async (name, transaction, job) =>
        {
            await WriteOrderAsync(transaction.Connection!, name);
            if (job.Attempt == 1) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, job.Cancellation);
        }));

        var ended = await (await client.EnqueueAsync(Charge, "a", o => o.Timeout = TimeSpan.FromMilliseconds(200))).WaitAsync().Soon();

        Assert.Equal((JobState.Completed, 1), (ended.State, ended.Failures));
        Assert.Equal(typeof(JobTimeoutException).FullName, ended.LastError!.Type);
        Assert.Equal(1, await CountAsync(Orders));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancel_takes_back_what_was_written_whether_or_not_the_handler_heeds_it(bool heeds)
    {
        var returned = new Signal();
        var client = await ServeAsync(jobs => jobs.HandleInTransaction(Charge, async (name, transaction, job) =>
        {
            await WriteOrderAsync(transaction.Connection!, name);
            try
            {
                await (heeds ? _held.RunAsync(name, job) : _held.RunDeafAsync(name, job));
            }
            finally
            {
                returned.Set();
            }
        }));
        var handle = await client.EnqueueAsync(Charge, "a");
        await _held.Runs.Reaches(1).Soon();
        await handle.CancelAsync().Soon();
        _held.Release();
        await returned.Task.Soon();

        // Behind it in its group, so it runs when the handler's end is known and its transaction is over.
        await StopAsync();
        Assert.Equal((JobState.Cancelled, 0L), ((await StoredAsync(handle.Id)).State, await CountAsync(Orders)));
    }

    [Fact]
    public async Task What_a_handler_ends_on_purpose_commits_and_a_dead_letter_does_not()
    {
        var client = await ServeAsync(jobs => jobs.HandleInTransaction(Charge, async (name, transaction, job) =>
        {
            await WriteOrderAsync(transaction.Connection!, $"{name} {job.Payload.Length}");
            return name switch
            {
                "later" => JobOutcome.RescheduleAfter(TimeSpan.Zero).With("again"),
                "drop" => JobOutcome.Discard("not wanted"),
                "bury" => JobOutcome.DeadLetter("broken"),
                _ => JobOutcome.Done(),
            };
        }));
        var states = new List<JobState>();
        foreach (var name in new[] { "later", "drop", "bury" })
            states.Add((await (await client.EnqueueAsync(Charge, name)).WaitAsync().Soon()).State);

        Assert.Equal([JobState.Completed, JobState.Discarded, JobState.Dead], states);
        Assert.Equal(3, await CountAsync(Orders));
        Assert.Equal(0, await CountAsync($"{Orders} where name like 'bury%'"));
    }

    [Fact]
    public async Task A_job_enqueued_in_the_handlers_transaction_is_there_if_the_handler_ended_well()
    {
        var next = TaskDefinition.Create<string>("next");
        var ran = new Recording<string>();
        IJobClient? client = null;
        client = await ServeAsync(jobs => jobs
            .Handle(next, (name, _) =>
            {
                ran.Add(name);
                return Task.CompletedTask;
            })
            .HandleInTransaction(Charge, async (name, transaction, job) =>
            {
                await client!.InTransaction(transaction).EnqueueAsync(next, $"{name} {job.Attempt}");
                if (job.Attempt == 1) throw new InvalidOperationException("it failed");
            }));

        await (await client.EnqueueAsync(Charge, "a")).CompletionAsync().Soon();
        Assert.Equal(["a 2"], await ran.Reaches(1).Soon());
        await StopAsync();
        Assert.Equal((1L, 0L), (await CountAsync($"{Schema}.job_done where task = 'next'"), await CountAsync($"{Schema}.inbox")));
    }

    [Fact]
    public async Task An_owner_that_was_replaced_while_its_handler_ran_leaves_nothing_of_it()
    {
        var client = await ServeAsync(jobs => jobs.HandleInTransaction(Charge, async (name, transaction, job) =>
        {
            await WriteOrderAsync(transaction.Connection!, $"{name} {job.Attempt}");
            if (job.Attempt == 1) await _held.RunDeafAsync(name, job);
        }));
        var handle = await client.EnqueueAsync(Charge, "a");
        await _held.Runs.Reaches(1).Soon();
        await handle.GetAsync();
        await using (var thief = new PostgresJobStore(ConnectionString, new PostgresOptions { Schema = Schema }))
        {
            await thief.OwnAsync(new PartitionKey(QueueName.Default, 0), "thief", CancellationToken.None);
            await thief.ReleaseAsync("thief", CancellationToken.None);
        }

        _held.Release();
        var ended = await handle.WaitAsync().Soon();
        Assert.Equal((JobState.Completed, 1), (ended.State, ended.LostDeliveries));
        Assert.Equal((1L, 1L), (await CountAsync(Orders), await CountAsync($"{Orders} where name = 'a 2'")));
    }

    [Fact]
    public async Task A_stop_gives_the_job_back_and_takes_back_what_it_wrote()
    {
        var client = await ServeAsync(jobs => jobs.HandleInTransaction(Charge, async (name, transaction, job) =>
        {
            await WriteOrderAsync(transaction.Connection!, name);
            await _held.RunAsync(name, job);
        }));
        var handle = await client.EnqueueAsync(Charge, "a");
        await _held.Runs.Reaches(1).Soon();
        await StopAsync();

        var stored = await StoredAsync(handle.Id);
        Assert.Equal((JobState.Pending, 0, 0L), (stored.State, stored.Failures, await CountAsync(Orders)));
    }

    [Fact]
    public async Task No_more_of_them_run_than_may_have_a_connection()
    {
        var (running, most) = (0, 0);
        var engine = await StartAsync(jobs => jobs
            .UsePostgres(ConnectionString, o => (o.Schema, o.MaxHandlerTransactions) = (Schema, 2))
            .HandleInTransaction(Charge, async (name, transaction, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await WriteOrderAsync(transaction.Connection!, name);
                Interlocked.Decrement(ref running);
            }));
        foreach (var handle in await engine.Client.EnqueueManyAsync(Charge, [.. Enumerable.Range(0, 60).Select(i => $"{i}")]))
            await handle.CompletionAsync().Soon();

        Assert.InRange(most, 1, 2);
        Assert.Equal(60, await CountAsync(Orders));
    }

    [Fact]
    public async Task A_class_finds_its_transaction_in_its_context_and_a_plain_handler_has_none()
    {
        var plain = TaskDefinition.Create<string>("plain", o => o.MaxAttempts = 1);
        var client = await ServeAsync(jobs =>
        {
            jobs.Transactional().Handle<ChargeHandler>(Charge);
            jobs.Handle(plain, (_, job) => Task.FromResult(job.Transaction()));
        });

        await (await client.EnqueueAsync(Charge, $"insert into {Orders} values ('a')")).CompletionAsync().Soon();
        Assert.Equal(1, await CountAsync(Orders));
        var refused = await Assert.ThrowsAsync<JobFailedException>(() => client.RunAsync(plain, "x").AsTask().Soon());
        Assert.Contains("HandleInTransaction", refused.Message);
    }

    [Fact]
    public void A_store_without_transactions_is_refused_when_the_service_is_made() => Assert.Throws<TransactionsNotKeptException>(
        () => EmbeddedJobs.Create(jobs => jobs.HandleInTransaction(Charge, (_, _, _) => Task.CompletedTask)));

    private EmbeddedEngine? _engine;

    private async Task<IJobClient> ServeAsync(Action<JobsBuilder> configure)
    {
        _engine = await StartAsync(configure);
        return _engine.Client;
    }

    private Task StopAsync() => _engine!.StopAsync().Soon();

    private async Task<JobSnapshot> StoredAsync(JobId id) => (await NewProducer().FindAsync(id))!;

    private async Task<JobOutcome> FailAsync(string how, NpgsqlTransaction transaction)
    {
        switch (how)
        {
            case "exception": throw new InvalidOperationException("it failed");
            case "retry": return JobOutcome.Retry("it failed", TimeSpan.Zero);
            case "ended": await transaction.CommitAsync(); break;
            case "deferred": await RunAsync($"insert into {Orders} values ('a', false, 't'), ('b', false, 't')"); break;
            case "killed": await KillAsync(transaction.Connection!.ProcessID); break;
            case "killed at the commit": await RunAsync($"insert into {Orders} values ('b', true)"); break;
            default:
                await Assert.ThrowsAsync<PostgresException>(() => RunAsync("select 1 / 0"));
                break;
        }

        return JobOutcome.Done();

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
            await command.ExecuteNonQueryAsync();
        }
    }

    private Task KillAsync(int process) => ExecuteAsync($"select pg_terminate_backend({process}, 10000)");

    private sealed class ChargeHandler : ITaskHandler<string>
    {
        public async Task HandleAsync(string payload, JobContext job)
        {
            await using var command = new NpgsqlCommand(payload, job.Transaction().Connection, job.Transaction());
            await command.ExecuteNonQueryAsync();
        }
    }
}
