using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>
/// A commit whose answer is lost while others own its partitions (rule I9): whoever made it finds out what became of it, and the owners, whose
/// epoch rises behind them for that, do not notice.
/// </summary>
public sealed class LostAnswerTests : IAsyncLifetime
{
    private const string Schema = "jobs";

    private static readonly PartitionKey[] Partitions = [new("left", 0), new("right", 1)];
    private static readonly TimeSpan Safety = TimeSpan.FromSeconds(180);

    private readonly JobIdSource _ids = new(TimeProvider.System, new Random(1));
    private readonly Dictionary<PartitionKey, long> _epochs = [];
    private ThrowawayPostgres? _server;
    private NpgsqlDataSource? _database;
    private PostgresJobStore? _owner;
    private long _sequence;

    public async ValueTask InitializeAsync()
    {
        // Nobody is the standby that a commit of the role "far" waits for, so such a commit stops after it took place and before it is answered.
        _server = await ThrowawayPostgres.StartAsync("-c fsync=off -c synchronous_standby_names=nobody -c synchronous_commit=local");
        if (_server is null || !_server.IsOwn) Assert.Skip("PostgreSQL is not installed, and another's server must not be set up like this.");
        _database = NpgsqlDataSource.Create(_server.ConnectionString);
        _owner = new PostgresJobStore(_server.ConnectionString, new PostgresOptions { Schema = Schema });
        foreach (var key in Partitions) _epochs[key] = (await _owner.OwnAsync(key, "owner", default)).Epoch;
        await ExecuteAsync("create role far superuser login");
    }

    public async ValueTask DisposeAsync()
    {
        if (_owner is not null) await _owner.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public async Task That_it_took_place_is_found_out()
    {
        await ExecuteAsync("alter role far set synchronous_commit = on");
        await using var store = Far();
        var jobs = NewJobs();
        var commit = CommitAsync(store, jobs);
        var process = await WhenWaitingAsync("SyncRep");
        await ExecuteAsync("alter role far reset synchronous_commit");
        await ExecuteAsync($"select pg_terminate_backend({process})");
        Assert.IsType<CommitVerdict.Committed>(await commit.WaitAsync(Safety));
        await RequireAsync(jobs);
    }

    [Fact]
    public async Task That_it_did_not_take_place_is_found_out_and_it_is_made_again()
    {
        await using var store = Far();
        var jobs = NewJobs();
        await using var holding = await _database!.OpenConnectionAsync();
        await using (var transaction = await holding.BeginTransactionAsync())
        {
            // The second one of the two rows that the commit locks.
            await using var hold = HoldIntake(holding, "right");
            await hold.ExecuteNonQueryAsync();
            var commit = CommitAsync(store, jobs);
            await ExecuteAsync($"select pg_terminate_backend({await WhenWaitingAsync("transactionid", "tuple")})");
            await transaction.RollbackAsync();
            Assert.IsType<CommitVerdict.Committed>(await commit.WaitAsync(Safety));
        }

        await RequireAsync(jobs);
    }

    [Fact]
    public async Task A_job_that_was_left_out_for_one_that_has_ended_since_is_taken_in()
    {
        var holder = NewJob(Partitions[0]) with { UniqueKey = "a" };
        Assert.IsType<CommitVerdict.Committed>(await CommitAsync(_owner!, [holder]));
        await ExecuteAsync("alter role far set synchronous_commit = on");
        await using var store = Far();
        JobRecord[] jobs = [NewJob(Partitions[0]) with { UniqueKey = "a" }, NewJob(Partitions[1]) with { UniqueKey = "b" }];
        var commit = CommitAsync(store, jobs);
        var process = await WhenWaitingAsync("SyncRep");
        await EndAsync(holder);
        await ExecuteAsync("alter role far reset synchronous_commit");
        await ExecuteAsync($"select pg_terminate_backend({process})");
        Assert.IsType<CommitVerdict.Committed>(await commit.WaitAsync(Safety));
        await RequireAsync(jobs);
    }

    [Fact]
    public async Task An_owner_that_is_replaced_meanwhile_stays_fenced_and_so_does_the_lost_commit()
    {
        await using var store = Far();
        var jobs = NewJobs();
        await using var holding = await _database!.OpenConnectionAsync();
        await using (var transaction = await holding.BeginTransactionAsync())
        {
            // The first one of the two rows, which is also the one whose epoch is raised.
            await using var hold = HoldIntake(holding, "left");
            await hold.ExecuteNonQueryAsync();
            var commit = CommitAsync(store, jobs);
            var process = await WhenWaitingAsync("transactionid", "tuple");
            await using var seize = new NpgsqlCommand(
                $"select * from {Schema}.claim_partition('left', 0, 'other', 'other 1', interval '1 minute', true)", holding);
            await seize.ExecuteNonQueryAsync();
            await ExecuteAsync($"select pg_terminate_backend({process})");
            await transaction.CommitAsync();
            Assert.Equal(new CommitVerdict.Fenced(Partitions[0]), await commit.WaitAsync(Safety));
        }

        Assert.Equal(0, (await _owner!.CountAsync(null, DateTimeOffset.UnixEpoch, default)).Unfinished);
        Assert.Equal(new CommitVerdict.Fenced(Partitions[0]), await CommitAsync(_owner, [NewJob(Partitions[0])]));
        Assert.IsType<CommitVerdict.Committed>(await CommitAsync(_owner, [NewJob(Partitions[1])]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_that_ended_at_another_owner_without_a_trace_is_not_made_again_and_another_one_that_left_a_trace_tells_of_both(bool leavesTrace)
    {
        await ExecuteAsync("alter role far set synchronous_commit = on");
        await using var store = Far();
        var (job, beside) = (NewJob(Partitions[0]), NewJob(Partitions[0]));
        job = job with { Terms = job.Terms with { Retention = RetentionPolicy.None } };
        if (!leavesTrace) beside = beside with { Terms = job.Terms };
        var commit = Task.Run(() => store.CommitAsync([UnitOf(job), UnitOf(beside)], default).AsTask());
        var process = await WhenWaitingAsync("SyncRep");
        await using var holding = await _database!.OpenConnectionAsync();
        await using (var transaction = await holding.BeginTransactionAsync())
        {
            // It waits for the commit, and so comes before whoever wants to know what became of that.
            await using var hold = HoldIntake(holding, "left");
            var holds = hold.ExecuteNonQueryAsync();
            await WhenWaitsAsync($"pid = {holding.ProcessID}", "transactionid", "tuple");
            await ExecuteAsync("alter role far reset synchronous_commit");
            await ExecuteAsync($"select pg_terminate_backend({process})");
            await holds.WaitAsync(Safety);
            await using var seize = new NpgsqlCommand(
                $"""
                select * from {Schema}.claim_partition('left', 0, 'other', 'other 1', interval '1 minute', true);
                delete from {Schema}.job where id in ('{job.Id.ToGuid()}', '{(leavesTrace ? job : beside).Id.ToGuid()}')
                """,
                holding);
            await seize.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }

        foreach (var verdict in await commit.WaitAsync(Safety))
        {
            if (leavesTrace) Assert.IsType<CommitVerdict.Committed>(verdict);
            else Assert.IsType<CommitFateUnknownException>(Assert.IsType<CommitVerdict.Failed>(verdict).Error);
        }
    }

    [Fact]
    public async Task A_job_that_another_owner_has_put_in_meanwhile_is_no_evidence_for_the_others_of_the_commit()
    {
        await using var store = Far();
        var jobs = NewJobs();
        await using var holding = await _database!.OpenConnectionAsync();
        await using (var transaction = await holding.BeginTransactionAsync())
        {
            await using var hold = HoldIntake(holding, "left");
            await hold.ExecuteNonQueryAsync();
            var commit = CommitAsync(store, jobs);
            var process = await WhenWaitingAsync("transactionid", "tuple");
            await using var seize = new NpgsqlCommand(
                $"""
                select * from {Schema}.claim_partition('left', 0, 'other', 'other 1', interval '1 minute', true);
                select {Schema}.take_in(p.id, p.epoch, '{jobs[0].Id.ToGuid()}', 'work', 1::smallint, 0, now(), 1, 0, 0, now(), null, null, 0, 0, 0, 0,
                  '1', '{StoredText.OfTerms(jobs[0].Terms)}', null) from {Schema}.partition p where p.queue = 'left'
                """,
                holding);
            await seize.ExecuteNonQueryAsync();
            await ExecuteAsync($"select pg_terminate_backend({process})");
            await transaction.CommitAsync();
            Assert.Equal(new CommitVerdict.Fenced(Partitions[0]), await commit.WaitAsync(Safety));
        }

        Assert.NotNull(await _owner!.FindAsync(jobs[0].Id, default));
        Assert.Null(await _owner.FindAsync(jobs[1].Id, default));
    }

    [Fact]
    public async Task Owners_and_others_that_raise_epochs_all_the_time_do_not_fence_each_other()
    {
        await using var store = Far();
        for (var i = 0; i < 10; i++)
        {
            await ExecuteAsync($"update {Schema}.intake set epoch = epoch + 1");
            Assert.IsType<CommitVerdict.Committed>(await CommitAsync(i % 2 == 0 ? store : _owner!, NewJobs()));
            var taken = JobId.FromName("left", $"{i}");
            Assert.IsType<CommitVerdict.Committed>(await CommitAsync(store, [NewJob(Partitions[0]) with { Id = taken }]));
            await ExecuteAsync($"update {Schema}.intake set epoch = epoch + 1");
            Assert.Equal(new CommitVerdict.IdTaken(taken), await CommitAsync(_owner!, [NewJob(Partitions[0]) with { Id = taken }]));
        }
    }

    private static NpgsqlCommand HoldIntake(NpgsqlConnection connection, string queue) => new(
        $"select 1 from {Schema}.intake i join {Schema}.partition p on p.id = i.partition_id where p.queue = '{queue}' for update of i", connection);

    private PostgresJobStore Far()
    {
        var connection = new NpgsqlConnectionStringBuilder(_server!.ConnectionString) { Username = "far" }.ConnectionString;
        return new PostgresJobStore(connection, new PostgresOptions { Schema = Schema, MigrateAtStart = false });
    }

    private JobRecord[] NewJobs() => [.. Partitions.Select(NewJob)];

    private JobRecord NewJob(PartitionKey home) => new()
    {
        Id = _ids.Next(home.Queue, home.Number),
        Terms = new JobTerms { Task = "work", Queue = home.Queue, Backoff = RetryPolicy.None, Retention = RetentionPolicy.Default },
        Payload = "1"u8.ToArray(),
        State = JobState.Pending,
        Sequence = ++_sequence,
        EnqueuedAt = DateTimeOffset.UnixEpoch,
        RunAt = DateTimeOffset.UnixEpoch,
    };

    private Task<CommitVerdict> CommitAsync(PostgresJobStore store, JobRecord[] jobs) =>
        Task.Run(async () => (await store.CommitAsync([UnitOf(jobs)], default))[0]);

    private Unit UnitOf(params JobRecord[] jobs) => new([.. jobs.Select(job => new JobChange(new JobTransition(null, job), _epochs[job.Partition]))]);

    private async Task EndAsync(JobRecord job)
    {
        var ended = job with { State = JobState.Completed, FinishedAt = DateTimeOffset.UnixEpoch };
        var change = new JobChange(new JobTransition(job, ended), _epochs[job.Partition]);
        Assert.IsType<CommitVerdict.Committed>((await _owner!.CommitAsync([new Unit([change])], default))[0]);
    }

    /// <summary>The jobs are there once, and their owner goes on under the epoch that it was given.</summary>
    private async Task RequireAsync(JobRecord[] jobs)
    {
        Assert.Equal(jobs.Length, (await _owner!.CountAsync(null, DateTimeOffset.UnixEpoch, default)).Unfinished);
        Assert.IsType<CommitVerdict.Committed>(await CommitAsync(_owner, NewJobs()));
        foreach (var job in jobs) Assert.NotNull(await _owner.FindAsync(job.Id, default));
    }

    /// <summary>The server's process for the role "far" once it waits for something.</summary>
    private Task<int> WhenWaitingAsync(params string[] events) => WhenWaitsAsync("usename = 'far'", events);

    private async Task<int> WhenWaitsAsync(string who, params string[] events)
    {
        using var patience = new CancellationTokenSource(Safety);
        await using var find = _database!.CreateCommand($"select pid from pg_stat_activity where {who} and wait_event = any(@events)");
        find.Parameters.AddWithValue("events", events);
        while (true)
        {
            if (await find.ExecuteScalarAsync(patience.Token) is int process) return process;
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database!.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Unit(IReadOnlyList<JobChange> changes) : CommitUnit
    {
        public override IReadOnlyList<JobChange> Changes => changes;

        public override void Settle(CommitVerdict verdict)
        {
        }
    }
}
