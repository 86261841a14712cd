using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres;

/// <summary>The transaction of one attempt, on a connection of its own.</summary>
internal sealed class HandlerTransaction(PostgresJobStore store, NpgsqlConnection connection, NpgsqlTransaction transaction, Action closed)
    : IHandlerTransaction
{
    private int _closed;

    public T? Feature<T>()
        where T : class => transaction as T ?? connection as T;

    public ValueTask<CommitVerdict> CommitAsync(CommitUnit unit, CancellationToken cancellation) =>
        store.CommitWithHandlerAsync(connection, unit, cancellation);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1) return;
        try
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            closed();
        }
    }
}
