using Jobs.Core;

namespace Jobs.Postgres.Tests;

/// <summary>What a job costs the server, counted by the server.</summary>
public sealed class StatementCountTests(PostgresFixture postgres)
{
    private const int Jobs = 10_000;
    private const double MaxCommitsPerJob = 0.02;
    private const double MaxStatementsPerJob = 0.05;
    private const int StartAndStop = 50;
    private const string Schema = "counted";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private static readonly TaskDefinition<int> NoOp = TaskDefinition.Create<int>("no-op");

    [Fact]
    public async Task Jobs_that_are_enqueued_in_batches_and_drained_share_commits_and_statements()
    {
        await using var counts = await StartAsync();
        await EnqueueAsync(counts, jobsPerCall: 1000);

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (await EmbeddedJobs.StartAsync(jobs => jobs
            .UsePostgres(counts.ConnectionString, o => (o.Schema, o.MigrateAtStart) = (Schema, false))
            .AddObserver(new LastCompletion(Jobs, done))
            .Handle(NoOp, (_, _) => Task.CompletedTask)))
            await done.Task.WaitAsync(Patience);

        var (commits, statements) = await counts.SinceStartAsync();
        TestContext.Current.SendDiagnosticMessage($"{Jobs} jobs: {commits} commits, {statements} statements");
        Assert.InRange(commits, Jobs / 1000, (long)(Jobs * MaxCommitsPerJob));
        Assert.InRange(statements, Jobs / 1000, (int)(Jobs * MaxStatementsPerJob));
    }

    /// <summary>The counts count: jobs that wait for each other cannot share, and exceed both bounds. Each is one statement.</summary>
    [Fact]
    public async Task Jobs_that_are_enqueued_one_after_the_other_take_a_commit_and_a_statement_each()
    {
        const int Few = 200;
        await using var counts = await StartAsync();
        await EnqueueAsync(counts, jobsPerCall: 1, jobs: Few);

        var (commits, statements) = await counts.SinceStartAsync();

        Assert.InRange(commits, Few, Few + StartAndStop);
        Assert.InRange(statements, Few, Few + StartAndStop);
    }

    private static async Task EnqueueAsync(ServerCounts counts, int jobsPerCall, int jobs = Jobs)
    {
        await using var engine = await EmbeddedJobs.StartAsync(builder => builder
            .UsePostgres(counts.ConnectionString, o => (o.Schema, o.MigrateAtStart) = (Schema, false))
            .Queue(QueueName.Default, queue => queue.Concurrency = 0)
            .Handle(NoOp, (_, _) => Task.CompletedTask));
        for (var i = 0; i < jobs; i += jobsPerCall)
            await engine.Client.EnqueueManyAsync(NoOp, Enumerable.Range(i, jobsPerCall).ToArray()).AsTask().WaitAsync(Patience);
    }

    private Task<ServerCounts> StartAsync()
    {
        _ = postgres.Require();
        if (postgres.Server is not { IsOwn: true } server)
        {
            Assert.Skip("Statements are counted in the server's log, and the log of the server that JOBS_TEST_POSTGRES names is not at hand.");
            throw new InvalidOperationException();
        }

        return ServerCounts.StartAsync(server, Schema);
    }

    private sealed class LastCompletion(int jobs, TaskCompletionSource done) : IJobObserver
    {
        private int _completed;

        public void Completed(JobSnapshot job)
        {
            if (Interlocked.Increment(ref _completed) == jobs) done.TrySetResult();
        }
    }
}
