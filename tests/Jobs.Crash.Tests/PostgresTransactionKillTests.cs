using System.Globalization;
using Jobs.Conformance;
using Jobs.Core;
using Jobs.CrashWorker;
using Jobs.Postgres;
using Jobs.Postgres.Tests;
using Npgsql;

namespace Jobs.Crash.Tests;

/// <summary>Processes are killed in the middle of transactions that are about jobs.</summary>
public sealed class PostgresTransactionKillTests : IAsyncLifetime
{
    private const int Kills = 25;
    private const int Messages = 10_000;

    private readonly string _schema = $"jobs_crash_{Guid.NewGuid():n}"[..30];
    private ThrowawayPostgres? _server;

    public async ValueTask InitializeAsync()
    {
        // Only its clients are killed here, so it need not wait for the disk.
        _server = await ThrowawayPostgres.StartAsync("-c fsync=off");
        if (_server is null) Assert.Skip("PostgreSQL is not installed and JOBS_TEST_POSTGRES names no server.");
        await using var database = NpgsqlDataSource.Create(_server.ConnectionString);
        await Migrator.MigrateAsync(database, _schema);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    /// <summary>Kills hit callers before and after their commits, owners while they take jobs in, and handlers between their writes and their ends.</summary>
    [Fact]
    public async Task Each_order_has_one_job_and_each_job_books_once_whoever_is_killed_when()
    {
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine(CrashSeed.Name);
        var random = new Random(CrashSeed.Value);
        await ExecuteAsync($"create table {_schema}.{TransactionWork.Orders} (name text); create table {_schema}.{TransactionWork.Bookings} (name text)");
        var (kept, undone, booked) = (new HashSet<string>(), new HashSet<string>(), 0);
        for (var run = 1; run <= Kills; run++)
        {
            using var worker = WorkerProcess.Start(Arguments("transactions", run));
            var lines = random.Next(4, 400);
            for (var i = 0; i < lines && await worker.ReadAsync() is { } line; i++) Note(line);
            worker.Kill();
            while (await worker.ReadAsync() is { } line) Note(line);
            await worker.RequireKilledAsync();
        }

        using (var last = WorkerProcess.Start(Arguments("transactions", Kills + 1, "drain")))
        {
            var drained = false;
            while (await last.ReadAsync() is { } line) drained |= line.Verb == "drained";
            await last.RequireDoneAsync();
            Assert.True(drained, $"{CrashSeed.Name}: the last process ended before everything had.");
        }

        var orders = await NamesAsync($"{_schema}.{TransactionWork.Orders}", "name");
        var bookings = await NamesAsync($"{_schema}.{TransactionWork.Bookings}", "name");
        var jobs = await NamesAsync($"{_schema}.job_done where state = 4", "convert_from(payload, 'UTF8')::json #>> '{}'");
        output.WriteLine($"{Kills} kills, {kept.Count:N0} commits known, {orders.Count:N0} orders, {booked:N0} times booked, {bookings.Count:N0} bookings");
        Assert.Equal(orders, jobs);
        Assert.Equal(orders, bookings);
        Assert.Equal(orders.Count, orders.Distinct().Count());
        Assert.Superset(kept, orders.ToHashSet());
        Assert.Empty(undone.Intersect(orders));
        Assert.InRange(kept.Count, 10 * Kills, int.MaxValue);

        void Note(JournalLine line)
        {
            if (line is { Verb: "kept", Words: [var commit] }) kept.Add(commit);
            else if (line is { Verb: "undone", Words: [var rollback] }) undone.Add(rollback);
            else if (line.Verb == "booked") booked++;
        }
    }

    [Fact]
    public async Task An_outbox_becomes_one_job_for_each_message_whichever_of_its_drains_is_killed()
    {
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine(CrashSeed.Name);
        var random = new Random(CrashSeed.Value);
        await WriteMessagesAsync();
        var killed = 0;
        using (var other = WorkerProcess.Start(Arguments("outbox", 1)))
        {
            for (var run = 2; run <= 9; run++)
            {
                using var victim = WorkerProcess.Start(Arguments("outbox", run));
                var batches = random.Next(1, 12);
                var ended = false;
                for (var i = 0; i < batches && await victim.ReadAsync() is { } line; i++) ended |= line.Verb == "drained";
                if (ended) break;
                victim.Kill();
                while (await victim.ReadAsync() is not null)
                {
                }

                await victim.RequireKilledAsync();
                killed++;
            }

            while (await other.ReadAsync() is not null)
            {
            }

            await other.RequireDoneAsync();
        }

        using (var last = WorkerProcess.Start(Arguments("outbox", 10)))
        {
            while (await last.ReadAsync() is not null)
            {
            }

            await last.RequireDoneAsync();
        }

        Assert.InRange(killed, 1, 8);
        Assert.Empty(await NamesAsync(OutboxWork.TableOf(_schema).Name, "id::text"));
        var ran = new Recording<int>();
        await using (var engine = await EmbeddedJobs.StartAsync(jobs => jobs
            .UsePostgres(_server!.ConnectionString, o => o.Schema = _schema)
            .Handle(OutboxWork.Take, (number, _) =>
            {
                ran.Add(number);
                return Task.CompletedTask;
            })))
            await ran.Reaches(Messages).WaitAsync(TimeSpan.FromSeconds(120));

        output.WriteLine($"{killed} kills, {ran.Items.Count:N0} runs of {Messages:N0} messages");
        Assert.Equal(Enumerable.Range(0, Messages), ran.Items.Order());
        Assert.Equal(Messages, (await NamesAsync($"{_schema}.job_done where state = 4", "id::text")).Count);
        Assert.Empty(await NamesAsync($"{_schema}.inbox", "id::text"));
    }

    private string[] Arguments(string mode, int run, params string[] more) =>
        [mode, .. new WorkerOptions(_server!.ConnectionString, _schema, CrashSeed.Value, run, Drains: false).ToArguments(), .. more];

    private async Task WriteMessagesAsync()
    {
        await using var connection = new NpgsqlConnection(_server!.ConnectionString);
        await connection.OpenAsync();
        var table = OutboxWork.TableOf(_schema);
        await table.CreateAsync(connection);
        await using var transaction = await connection.BeginTransactionAsync();
        await table.WriteAsync(
            transaction, [.. Enumerable.Range(0, Messages).Select(i => new OutboxDraft(OutboxWork.Kind, i.ToString(CultureInfo.InvariantCulture)))]);
        await transaction.CommitAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var database = NpgsqlDataSource.Create(_server!.ConnectionString);
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<List<string>> NamesAsync(string table, string column)
    {
        await using var database = NpgsqlDataSource.Create(_server!.ConnectionString);
        await using var command = database.CreateCommand($"select {column} from {table}");
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync()) names.Add(reader.GetString(0));
        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
