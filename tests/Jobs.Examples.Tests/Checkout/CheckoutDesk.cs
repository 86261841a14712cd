using Jobs.Core;
using Jobs.Postgres;
using Npgsql;

namespace Jobs.Examples.Tests.Checkout;

/// <summary>
/// A checkout whose table is in the database of the jobs. Its rows and its jobs are one transaction, and so are what a handler writes and the
/// end of its job.
/// </summary>
public sealed class CheckoutDesk(NpgsqlDataSource database, string schema)
{
    public static readonly TaskDefinition<Sale> Book = TaskDefinition.Create<Sale>("book-sale", o =>
    {
        o.MaxAttempts = 2;
        o.Backoff = RetryPolicy.None;
    });

    /// <summary>The table that producers write messages into who know nothing of jobs.</summary>
    public OutboxTable Messages { get; } = new($"{schema}.checkout_messages");

    /// <summary>Whether the next booking breaks off after it has written.</summary>
    public bool BreaksOff { get; set; }

    public async Task SetUpAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        var tables = $"create table {schema}.sale (article text); create table {schema}.booking (article text, pieces int)";
        await using var create = new NpgsqlCommand(tables, connection);
        await create.ExecuteNonQueryAsync();
        await Messages.CreateAsync(connection);
    }

    public void Describe(JobsBuilder jobs) => jobs.HandleInTransaction(Book, async (sale, transaction, job) =>
    {
        await WriteAsync(transaction, $"insert into {schema}.booking values ($1, $2)", sale.Article, sale.Pieces);
        if (!BreaksOff) return;
        BreaksOff = false;
        throw new InvalidOperationException("The drawer is stuck.");
    });

    /// <summary>Writes the sale and enqueues its booking: both or neither. Throwing before the commit undoes both.</summary>
    public async Task<JobHandle> SellAsync(IJobClient jobs, Sale sale, bool isPaid = true)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await WriteAsync(transaction, $"insert into {schema}.sale values ($1)", sale.Article);
        var booking = await jobs.InTransaction(transaction, schema).EnqueueAsync(Book, sale);
        if (!isPaid) throw new InvalidOperationException("The card was refused.");
        await transaction.CommitAsync();
        return booking;
    }

    /// <summary>Writes the sale and a message beside it, from a program that has no jobs at all.</summary>
    public async Task SellElsewhereAsync(params Sale[] sales)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var sale in sales) await WriteAsync(transaction, $"insert into {schema}.sale values ($1)", sale.Article);
        await Messages.WriteAsync(transaction, [.. sales.Select(sale => OutboxDraft.Of("sold", sale))]);
        await transaction.CommitAsync();
    }

    /// <summary>Makes jobs of the messages, in one pass; a service would run the same as a loop.</summary>
    public async Task<OutboxPass> DrainAsync(string connectionString, IJobClient jobs)
    {
        await using var drain = new OutboxDrain(
            connectionString,
            jobs,
            outbox =>
            {
                outbox.Table = Messages;
                outbox.Map("sold", Book);
            },
            schema);
        return await drain.DrainAsync();
    }

    /// <summary>How many sales and how many pieces are booked.</summary>
    public async Task<(long Sales, long Pieces)> CountAsync()
    {
        var counts = $"select (select count(*) from {schema}.sale), (select coalesce(sum(pieces), 0) from {schema}.booking)";
        await using var count = database.CreateCommand(counts);
        await using var reader = await count.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private static async Task WriteAsync(NpgsqlTransaction transaction, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
