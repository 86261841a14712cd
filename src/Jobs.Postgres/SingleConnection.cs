using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres;

/// <summary>A connection on which one job at a time is committed. Its statements are prepared once, and only their values change.</summary>
internal sealed class SingleConnection : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _insert;
    private readonly NpgsqlCommand _move;

    private SingleConnection(NpgsqlConnection connection, Statements sql)
    {
        _connection = connection;
        _insert = Command(sql.SingleInsert, WaitingColumns.TypesOfOne);
        _move = Command(sql.SingleMove, EndingColumns.TypesOfOne);
    }

    internal static async ValueTask<SingleConnection> OpenAsync(NpgsqlDataSource database, Statements sql, CancellationToken cancellation)
    {
        var single = new SingleConnection(await database.OpenConnectionAsync(cancellation).ConfigureAwait(false), sql);
        try
        {
            await single._insert.PrepareAsync(cancellation).ConfigureAwait(false);
            await single._move.PrepareAsync(cancellation).ConfigureAwait(false);
            return single;
        }
        catch
        {
            await single.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes a new job.</summary>
    /// <returns>False if the fence refused it; nothing was written then.</returns>
    internal async ValueTask<bool> InsertAsync(int partition, long epoch, JobRecord job, PollStrategy strategy, CancellationToken cancellation)
    {
        SetValues(_insert, WaitingColumns.ValuesOfOne(partition, epoch, job, strategy));
        return await _insert.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) == 1;
    }

    /// <summary>Moves a job that has ended.</summary>
    /// <returns>False if the fence refused it, or the job was not as it is known; nothing was written then.</returns>
    internal async ValueTask<bool> MoveAsync(int partition, long epoch, int knownDeliveries, JobRecord job, CancellationToken cancellation)
    {
        SetValues(_move, EndingColumns.ValuesOfOne(partition, epoch, knownDeliveries, job));
        try
        {
            await _move.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DivisionByZero)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _insert.DisposeAsync().ConfigureAwait(false);
        await _move.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private static void SetValues(NpgsqlCommand command, object?[] values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }

    private NpgsqlCommand Command(string text, NpgsqlTypes.NpgsqlDbType[] types)
    {
        var command = new NpgsqlCommand(text, _connection);
        foreach (var type in types) command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        return command;
    }
}
