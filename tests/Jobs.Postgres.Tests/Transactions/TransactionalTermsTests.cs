using System.Diagnostics;
using Jobs.Conformance;
using Jobs.Core;

namespace Jobs.Postgres.Tests.Transactions;

/// <summary>What a job is told at its enqueue it keeps, in whichever way it was enqueued; and ids and keys are unique in both ways.</summary>
public sealed class TransactionalTermsTests(PostgresFixture postgres) : TransactionContract(postgres)
{
    private static readonly ResultTask<string, string> Greet = ResultTask.Create<string, string>("greet", o =>
    {
        o.Tags.Add("of-task");
        o.Headers["of-task"] = "1";
        o.MaxAttempts = 4;
    });

    private readonly HeldHandler _held = new();
    private readonly Recording<string> _ran = new();

    [Fact]
    public async Task Everything_that_was_said_is_kept_as_by_a_plain_enqueue()
    {
        using var listener = Listen();
        var client = (await StartAsync(jobs => Configure(jobs).CodeVersion = "7.1")).Client;
        JobRequest.Id = "request-1";
        JobRequest.User = "user-1";
        await using var transaction = await BeginAsync();
        static void Say(EnqueueOptions o)
        {
            o.On("other").WithPriority(7).After(TimeSpan.FromHours(1)).WithTag("said").WithHeader("said", "2");
            o.UniqueKey = Guid.NewGuid().ToString("n");
            o.GroupKey = "group";
            o.Timeout = TimeSpan.FromMinutes(3);
            o.Backoff = RetryPolicy.Constant(TimeSpan.FromSeconds(9));
            o.Retention = new RetentionPolicy(TimeSpan.FromDays(3), KeepPayload: false);
            o.OnException = ExceptionPolicy.DeadLetter;
            o.OnExhausted = ExhaustedAction.Discard;
            o.CountLostDeliveries = false;
        }

        using var caller = new Activity("caller").Start();
        var plain = await (await client.EnqueueAsync(Greet, "x", Say)).GetAsync();
        var handle = await client.InTransaction(transaction).EnqueueAsync(Greet, "x", Say);
        await transaction.CommitAsync();
        await Moved().Soon();
        var found = await handle.GetAsync();

        Assert.Equal((plain.Task, plain.Queue, plain.State, plain.Priority), (found.Task, found.Queue, found.State, found.Priority));
        Assert.Equal((plain.MaxAttempts, plain.GroupKey, plain.ContentType), (found.MaxAttempts, found.GroupKey, found.ContentType));
        Assert.Equal(("request-1", "user-1", "7.1"), (found.RequestId, found.User, found.EnqueuedCodeVersion));
        Assert.Equal(plain.Tags, found.Tags);
        Assert.Equal(plain.Headers, found.Headers);
        Assert.Equal(plain.Payload.ToArray(), found.Payload.ToArray());
        Assert.Equal(32, found.UniqueKey!.Length);
        Assert.InRange(found.RunAt - found.EnqueuedAt, TimeSpan.FromHours(1), TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(1));
        Assert.Equal(caller.TraceId.ToString(), ActivityContext.Parse(found.TraceParent!, null).TraceId.ToString());
        Assert.NotEqual(caller.SpanId.ToString(), ActivityContext.Parse(found.TraceParent!, null).SpanId.ToString());
        Assert.Equal(await TermsOf(plain.Id), await TermsOf(found.Id));
    }

    [Fact]
    public async Task An_id_that_may_be_used_again_is_refused_with_the_remedy_and_the_transaction_goes_on()
    {
        var client = (await StartAsync(jobs => Configure(jobs))).Client;
        var id = JobId.FromName(QueueName.Default, "order-1");
        var producer = NewProducer();
        await using (var transaction = await BeginAsync())
        {
            foreach (var bound in (IJobClient[])[client.InTransaction(transaction), producer.InTransaction(transaction), producer])
            {
                var refused = await Assert.ThrowsAsync<InvalidJobOptionException>(
                    () => bound.EnqueueAsync(Greet, "x", o => o.WithId(id, JobIdScope.Live)).AsTask());
                Assert.Equal((nameof(EnqueueOptions.IdScope), JobIdScope.Live), (refused.Option, refused.Value));
                Assert.Contains("IncludingHistory", refused.Message, StringComparison.Ordinal);
            }

            await client.InTransaction(transaction).EnqueueAsync(Greet, "y", o => o.WithId(id));
            await transaction.CommitAsync();
        }

        _held.Release();
        Assert.Equal(JobState.Completed, (await client.WaitAsync(id).Soon()).State);
        _held.Release();
        Assert.Equal("hello z", await client.RunAsync(Greet, "z", o => o.WithId(id, JobIdScope.Live)).Soon());
    }

    [Fact]
    public async Task An_id_that_is_taken_is_refused_at_the_enqueue_and_the_transaction_goes_on()
    {
        var client = (await StartAsync(jobs => Configure(jobs))).Client;
        var id = JobId.FromName(QueueName.Default, "order-1");
        _held.Release();
        await (await client.EnqueueAsync(Greet, "first", o => o.WithId(id))).CompletionAsync().Soon();
        await using var transaction = await BeginAsync();
        var bound = client.InTransaction(transaction);

        await Assert.ThrowsAsync<DuplicateJobException>(() => bound.EnqueueAsync(Greet, "second", o => o.WithId(id)).AsTask());
        var other = JobId.FromName(QueueName.Default, "order-2");
        await bound.EnqueueAsync(Greet, "third", o => o.WithId(other));
        await Assert.ThrowsAsync<DuplicateJobException>(() => bound.EnqueueAsync(Greet, "fourth", o => o.WithId(other)).AsTask());
        await Assert.ThrowsAsync<InvalidJobOptionException>(
            () => bound.EnqueueAsync(Greet, "fifth", o => o.On("other").WithId(other)).AsTask());
        await Assert.ThrowsAsync<InvalidJobOptionException>(() => bound.EnqueueManyAsync(Greet, ["a", "b"], o => o.WithId(id)).AsTask());

        // A batch with one id that is taken, in a job or in the inbox, or by another of the batch, puts nothing in.
        var free = JobId.FromName(QueueName.Default, "order-3");
        foreach (var taken in new[] { id, other, free })
        {
            await Assert.ThrowsAsync<DuplicateJobException>(() => bound.EnqueueBatchAsync(
                [NewJob.Of(Greet, "plain"), NewJob.Of(Greet, "free", o => o.WithId(free)), NewJob.Of(Greet, "taken", o => o.WithId(taken))]).AsTask());
        }

        await bound.EnqueueBatchAsync([NewJob.Of(Greet, "sixth", o => o.WithId(free)), NewJob.Of(Greet, "seventh")]);
        await transaction.CommitAsync();

        _held.Release(3);
        await client.Handle(other).CompletionAsync().Soon();
        await client.Handle(free).CompletionAsync().Soon();
        Assert.Equal(["first", "seventh", "sixth", "third"], (await _ran.Reaches(4).Soon()).Order());
    }

    [Fact]
    public async Task An_id_that_is_taken_when_the_transaction_commits_means_the_job_that_has_it_and_keeps_no_other_waiting()
    {
        var client = (await StartAsync(jobs => Configure(jobs))).Client;
        var id = JobId.FromName(QueueName.Default, "order-1");
        await using var transaction = await BeginAsync();
        var bound = client.InTransaction(transaction);
        var late = await bound.EnqueueAsync(Greet, "late", o => o.WithId(id));
        var behind = await bound.EnqueueAsync(Greet, "behind");
        await client.EnqueueAsync(Greet, "early", o => o.WithId(id));
        await transaction.CommitAsync();

        _held.Release(2);
        Assert.Equal(["hello early", "hello behind"], [await late.ResultAsync().Soon(), await behind.ResultAsync().Soon()]);
        await Moved().Soon();
        Assert.Equal(2, (await client.CountAsync()).Completed);
    }

    [Fact]
    public async Task A_unique_key_that_is_taken_when_the_transaction_commits_makes_the_job_a_discarded_one_that_stands_for_the_other()
    {
        var observer = new EndingObserver();
        var client = (await StartAsync(jobs => Configure(jobs).AddObserver(observer))).Client;
        await using var transaction = await BeginAsync();
        var bound = client.InTransaction(transaction);
        var late = await bound.EnqueueAsync(Greet, "late", o => o.UniqueKey = "k");
        var behind = await bound.EnqueueAsync(Greet, "behind");
        var early = await client.EnqueueAsync(Greet, "early", o => o.UniqueKey = "k");
        await transaction.CommitAsync();

        Assert.Equal(late.Id, (await observer.Discarded.Reaches(1).Soon())[0].Id);
        _held.Release(2);
        Assert.Equal(["hello early", "hello behind"], [await late.ResultAsync().Soon(), await behind.ResultAsync().Soon()]);
        var record = await client.GetAsync(late.Id);
        Assert.Equal((JobState.Discarded, $"the unfinished job {early.Id} has its unique key 'k'"), (record.State, record.Reason));
        Assert.False(late.AlreadyExisted);
        Assert.Equal((2L, 1L), ((await client.CountAsync()).Completed, (await client.CountAsync()).Discarded));
        Assert.Equal(0, (await client.CountAsync()).Unfinished);
    }

    [Fact]
    public async Task Of_two_jobs_of_one_transaction_with_one_key_the_first_is_taken_in()
    {
        var client = (await StartAsync(jobs => Configure(jobs))).Client;
        await using var transaction = await BeginAsync();
        var handles = await client.InTransaction(transaction).EnqueueManyAsync(Greet, ["one", "two"], o => o.UniqueKey = "k");
        await transaction.CommitAsync();

        _held.Release();
        Assert.Equal(["hello one", "hello one"], [await handles[0].ResultAsync().Soon(), await handles[1].ResultAsync().Soon()]);
        Assert.Equal(["one"], _ran.Items);
    }

    [Fact]
    public async Task A_key_is_free_again_when_its_job_has_ended()
    {
        var client = (await StartAsync(jobs => Configure(jobs))).Client;
        _held.Release(3);
        for (var i = 0; i < 3; i++)
        {
            await using var transaction = await BeginAsync();
            var handle = await client.InTransaction(transaction).EnqueueAsync(Greet, $"{i}", o => o.UniqueKey = "k");
            await transaction.CommitAsync();
            Assert.Equal($"hello {i}", await handle.ResultAsync().Soon());
        }
    }

    private JobsBuilder Configure(JobsBuilder jobs)
    {
        jobs.Handle(Greet, async (name, job) =>
        {
            await _held.RunAsync(name, job);
            _ran.Add(name);
            return $"hello {name}";
        });
        return jobs;
    }

    private Task Moved() => Task.Run(async () =>
    {
        while (await CountAsync($"{Schema}.inbox") > 0) await Task.Yield();
    });

    private async Task<string> TermsOf(JobId id)
    {
        var connection = await ConnectAsync();
        await using var command = new Npgsql.NpgsqlCommand($"select terms::jsonb - 'traceParent' from {Schema}.job where id = @id", connection);
        command.Parameters.AddWithValue("id", id.ToGuid());
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == JobsActivitySource.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class EndingObserver : IJobObserver
    {
        internal Recording<JobSnapshot> Discarded { get; } = new();

        void IJobObserver.Discarded(JobSnapshot job) => Discarded.Add(job);
    }
}
