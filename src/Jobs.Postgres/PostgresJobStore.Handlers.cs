using Jobs.Core;
using Npgsql;
using IsolationLevel = System.Data.IsolationLevel;

namespace Jobs.Postgres;

/// <content>
/// Transactions of handlers. The end of such an attempt is written on the handler's connection by the same statements as any other commit, and
/// the commit itself goes with them in one round trip: the partition's row is locked for no longer than by another commit.
/// </content>
public sealed partial class PostgresJobStore : IHandlerTransactions
{
    private const string Outcome = "jobs_outcome";

    private readonly Lazy<NpgsqlDataSource> _handlers;
    private readonly SemaphoreSlim _handlerConnections;

    /// <inheritdoc/>
    public async ValueTask<IHandlerTransaction> BeginAsync(CancellationToken cancellation)
    {
        await _handlerConnections.WaitAsync(cancellation).ConfigureAwait(false);
        NpgsqlConnection? connection = null;
        try
        {
            connection = await _handlers.Value.OpenConnectionAsync(cancellation).ConfigureAwait(false);

            // The fence needs to see what others have committed since the handler began.
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation).ConfigureAwait(false);
            return new HandlerTransaction(this, connection, transaction, () => _handlerConnections.Release());
        }
        catch (Exception e)
        {
            if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
            _handlerConnections.Release();
            if (IsFateUnknown(e)) throw new StoreUnavailableException(_name, e);
            throw;
        }
    }

    /// <summary>Writes the end of an attempt and commits it with what its handler wrote.</summary>
    internal async ValueTask<CommitVerdict> CommitWithHandlerAsync(NpgsqlConnection connection, CommitUnit unit, CancellationToken cancellation)
    {
        var content = new CommitContent([unit]);
        var partition = content.Epochs.Keys.Single();
        for (var tries = 0; ; tries++)
        {
            if (!_partitions.ContainsKey(partition)) return new CommitVerdict.Fenced(partition);
            var rows = RowsOf(content);
            try
            {
                await WriteOutcomeAsync(connection, content, rows, isFirst: tries == 0, cancellation).ConfigureAwait(false);
                return CommitVerdict.Committed.Instance;
            }
            catch (PostgresException e) when (tries < MaxTries && (MetNewDay(e) || e.SqlState is PostgresErrorCodes.DeadlockDetected))
            {
                // What the handler wrote is still there: only the outcome was undone.
            }
            catch (PostgresException e) when (e.SqlState is Fenced)
            {
                if (tries >= MaxTries || !await HasNewEpochAsync(content, rows, cancellation).ConfigureAwait(false)) return new CommitVerdict.Fenced(partition);
            }
            catch (PostgresException e) when (e.SqlState is Missed)
            {
                return new CommitVerdict.Conflict(unit.Changes[0].Transition.Job.Id);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.NoActiveSqlTransaction)
            {
                return new CommitVerdict.Failed(new InvalidOperationException(
                    "The handler has ended its transaction itself, so what it wrote may be there without its job's end. Leave the end to the service.", e));
            }
            catch (Exception e) when (IsFateUnknown(e))
            {
                return await TookPlaceAsync(content, e, cancellation).ConfigureAwait(false) ? CommitVerdict.Committed.Instance : new CommitVerdict.Failed(e);
            }
        }
    }

    private async ValueTask WriteOutcomeAsync(
        NpgsqlConnection connection, CommitContent content, Dictionary<PartitionKey, (int Id, long Epoch)> rows, bool isFirst, CancellationToken cancellation)
    {
        var batch = new NpgsqlBatch(connection);
        await using var disposing = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(isFirst ? $"savepoint {Outcome}" : $"rollback to savepoint {Outcome}"));
        new CommitBatch(_sql, content, rows).FillInto(batch, isPart: false);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static Lazy<NpgsqlDataSource> MakeHandlers(string connectionString, int max) => new(() =>
    {
        // Handlers may set what they like in their sessions, so these connections are reset, and not those of the store.
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { Enlist = false };
        builder.MaxPoolSize = Math.Max(builder.MaxPoolSize, max);
        return NpgsqlDataSource.Create(builder);
    });
}
