using Jobs.Conformance;
using Jobs.Core;
using Jobs.CrashWorker;
using Jobs.Postgres;
using Jobs.Postgres.Tests;

namespace Jobs.Crash.Tests;

/// <summary>The database is lost and comes back while the process lives on.</summary>
public sealed class PostgresOutageTests : IAsyncLifetime
{
    private const int Outages = 10;

    private static readonly TimeSpan Safety = TimeSpan.FromSeconds(180);

    private readonly CrashAudit _audit = new();
    private readonly LineCounter _lines = new();
    private ThrowawayPostgres? _server;
    private WorkerOptions? _options;
    private CrashWork? _work;

    public async ValueTask InitializeAsync()
    {
        _server = await ThrowawayPostgres.StartAsync();
        if (_server is null || !_server.IsOwn) Assert.Skip("PostgreSQL is not installed, and another's server must not be stopped.");
        _options = new WorkerOptions(_server.ConnectionString, "jobs", CrashSeed.Value, 1, Drains: false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_stops_under_load_and_comes_back_loses_nothing_and_repeats_nothing()
    {
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine(CrashSeed.Name);
        var random = new Random(CrashSeed.Value);
        var journal = NewJournal();
        await using var engine = Create(journal);
        await engine.StartAsync();
        using var stopping = new CancellationTokenSource();
        using var load = new CrashLoad(engine.Client, journal, _options!);
        var calls = load.RunAsync(int.MaxValue, stopping.Token);
        for (var outage = 1; outage <= Outages; outage++)
        {
            await Soon("the load", _lines.MoreAsync(random.Next(2) == 0 ? "ack" : "done", random.Next(1, 400)), calls);
            await _server!.CrashAsync();
            await _server.RestartAsync();
            await Soon("an enqueue after the outage", _lines.MoreAsync("ack", 20), calls);
            await Soon("a completion after the outage", _lines.MoreAsync("done", 20), calls);
        }

        await stopping.CancelAsync();
        await Soon("the callers", calls);
        _work!.LetGo();
        await Soon("the end of all jobs", Drain.WhenEmptyAsync(engine.Client));
        var stored = await StoredJobs.ListAsync(engine.Client);
        lock (_audit) _audit.Close(stored);
        output.WriteLine($"{_audit.Acknowledged:N0} jobs acknowledged, {_audit.Completions:N0} known to be completed, {_audit.Refused} calls refused");
        RequireNoFaults();
    }

    [Fact]
    public async Task A_service_stops_while_the_server_is_away_and_the_next_one_goes_on_when_it_is_back()
    {
        var clock = new ManualClock();
        var journal = NewJournal();
        void Configure(JobsBuilder jobs)
        {
            jobs.Clock = clock;
            jobs.OwnerLease = TimeSpan.FromMilliseconds(200);
        }

        await using (var engine = Create(journal, Configure))
        {
            await engine.StartAsync();
            var job = new CrashJob("1-held", Holds: true);
            var started = _lines.MoreAsync("start", 1);
            await engine.Client.EnqueueAsync(CrashWork.Plain, job);
            await Soon("a start", started);

            // A start is written when the job has gone on for a while, or when somebody looks.
            Assert.Equal(1, (await engine.Client.CountAsync()).Running);
            await _server!.CrashAsync();

            // This one's fate is not known while the server is away, and the job that runs cannot be given back.
            var enqueue = engine.Client.EnqueueAsync(CrashWork.Plain, job with { Name = "2-lost" }).AsTask();
            await clock.AdvanceUntilAsync(TimeSpan.FromMinutes(1), engine.StopAsync());
            var error = await Assert.ThrowsAnyAsync<Exception>(() => enqueue.WaitAsync(Safety));
            Assert.True(error is CommitFateUnknownException or StoreUnavailableException, error.ToString());
        }

        await _server.RestartAsync();
        await using var next = Create(journal, Configure);
        _work!.LetGo();
        await next.StartAsync();

        // The first service could not release what it owned, so the next one looks until its lease is over, by the server's clock.
        var ended = Drain.WhenEmptyAsync(next.Client);
        await Soon("the end of all jobs", LookUntilAsync(clock, next.Client, ended));
        var stored = Assert.Single(await StoredJobs.ListAsync(next.Client));
        Assert.Equal((JobState.Completed, 1), (stored.State, stored.LostDeliveries));
    }

    private static async Task LookUntilAsync(ManualClock clock, IJobClient client, Task task)
    {
        while (!task.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await client.CountAsync();
        }

        await task;
    }

    [Fact]
    public async Task Whatever_is_asked_while_the_server_is_away_is_refused_in_one_way()
    {
        var partition = new PartitionKey(QueueName.Default, 0);
        var page = new PageRequest(partition, PageKind.Due, "", OrderKey.First, 10, PollStrategy.PriorityFirst, default);
        await using var store = new PostgresJobStore(_options!.Target, new PostgresOptions { Schema = "jobs" });
        await store.OwnAsync(partition, "test", CancellationToken.None);
        await _server!.CrashAsync();

        // The first call of all finds a connection that was open, the others none.
        await RefusedAsync(store.FindAsync(JobId.FromName(QueueName.Default, "x"), CancellationToken.None));
        await RefusedAsync(store.ListAsync(new JobQuery(), default, CancellationToken.None));
        await RefusedAsync(store.CountAsync(null, default, CancellationToken.None));
        await RefusedAsync(store.ListPartitionsAsync(CancellationToken.None));
        await RefusedAsync(store.OwnAsync(partition, "test", CancellationToken.None));
        await RefusedAsync(store.PruneAsync(new PruneRequest(default), CancellationToken.None));
        await RefusedAsync(store.LoadAsync(page, CancellationToken.None));
        await using var another = new PostgresJobStore(_options.Target, new PostgresOptions { Schema = "jobs" });
        await RefusedAsync(another.ListPartitionsAsync(CancellationToken.None));

        await _server.RestartAsync();
        Assert.Equal(0, (await store.CountAsync(null, default, CancellationToken.None)).Unfinished);

        static async Task RefusedAsync<T>(ValueTask<T> call) => await Assert.ThrowsAsync<StoreUnavailableException>(() => call.AsTask().WaitAsync(Safety));
    }

    private Journal NewJournal() => new(text =>
    {
        var line = JournalLine.Parse(text)!;
        lock (_audit) _audit.Add(line);
        _lines.Count(line.Verb);
    });

    private EmbeddedEngine Create(Journal journal, Action<JobsBuilder>? configure = null)
    {
        _work = new CrashWork(journal, _options!);
        return _work.Create(configure);
    }

    private void RequireNoFaults()
    {
        lock (_audit)
            Assert.True(_audit.Faults.Count == 0, $"{CrashSeed.Name}: {_audit.Faults.Count} faults:\n{string.Join('\n', _audit.Faults.Take(20))}");
    }

    /// <summary>Waits for something; what else ends with an error meanwhile is told at once.</summary>
    private async Task Soon(string what, Task task, Task? other = null)
    {
        try
        {
            await await Task.WhenAny(task, other ?? task).WaitAsync(Safety);
            await task.WaitAsync(Safety);
        }
        catch (TimeoutException)
        {
            RequireNoFaults();
            Assert.Fail($"{CrashSeed.Name}: {what} did not come.");
        }
    }
}
