using System.Globalization;
using Jobs.Core;
using Jobs.Postgres;
using Npgsql;

namespace Jobs.CrashWorker;

/// <summary>
/// A service whose callers enqueue in transactions that write an order, too, and whose handler books each order in the transaction of its
/// job. Nothing in the database keeps an order from being booked twice, or a job from being there without its order.
/// </summary>
internal sealed class TransactionWork(Journal journal, WorkerOptions options) : IAsyncDisposable
{
    internal const string Orders = "orders";
    internal const string Bookings = "bookings";
    private const int Callers = 4;

    private static readonly TaskDefinition<string> Book = TaskDefinition.Create<string>("book", o =>
    {
        o.Queue = "books";
        o.MaxAttempts = JobOptions.UnlimitedAttempts;
        o.CountLostDeliveries = false;
        o.Backoff = RetryPolicy.Constant(TimeSpan.FromMilliseconds(2));
    });

    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(options.Target);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    internal async Task RunAsync()
    {
        await using var engine = Create();
        await engine.StartAsync();
        journal.Tell("open");
        if (!options.Drains)
        {
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(number => Task.Run(() => CallAsync(engine.Client, number))));
            return;
        }

        do
        {
            await Drain.WhenEmptyAsync(engine.Client);
        }
        while (await InboxHoldsJobsAsync());
        await Drain.WhenEmptyAsync(engine.Client);
        journal.Tell("drained");
    }

    private EmbeddedEngine Create() => EmbeddedJobs.Create(jobs =>
    {
        options.ApplyTo(jobs);
        jobs.OwnerLease = TimeSpan.FromMilliseconds(300);
        jobs.Queue("books", queue => (queue.Partitions, queue.Concurrency) = (2, 10));
        jobs.HandleInTransaction(Book, BookAsync);
    });

    private async Task BookAsync(string name, NpgsqlTransaction transaction, JobContext job)
    {
        await using var book = new NpgsqlCommand($"insert into {options.Schema}.{Bookings} values (@name)", transaction.Connection, transaction);
        book.Parameters.AddWithValue("name", name);
        await book.ExecuteNonQueryAsync();
        journal.Tell("booked", name);
        if (job.Attempt == 1 && name.EndsWith('7')) throw new InvalidOperationException("The first attempt fails as it should.");
    }

    private async Task CallAsync(IJobClient client, int number)
    {
        var random = new Random(options.Seed + (options.Run * 1009) + number);
        for (var i = 0; ; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{options.Run}-{number}-{i}");
            await using var connection = await _database.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var write = new NpgsqlCommand($"insert into {options.Schema}.{Orders} values (@name)", connection, transaction);
            write.Parameters.AddWithValue("name", name);
            await write.ExecuteNonQueryAsync();
            await client.InTransaction(transaction).EnqueueAsync(Book, name, o => o.GroupKey = random.Next(4) == 0 ? $"g{number}" : null);
            journal.Tell("put", name);
            if (random.Next(5) == 0)
            {
                await transaction.RollbackAsync();
                journal.Tell("undone", name);
                continue;
            }

            await transaction.CommitAsync();
            journal.Tell("kept", name);
        }
    }

    private async Task<bool> InboxHoldsJobsAsync()
    {
        await using var look = _database.CreateCommand($"select exists (select 1 from {options.Schema}.inbox)");
        return (bool)(await look.ExecuteScalarAsync())!;
    }
}
