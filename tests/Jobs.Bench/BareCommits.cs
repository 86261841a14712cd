using System.Diagnostics;
using Npgsql;

namespace Jobs.Bench;

/// <summary>
/// Commits of single rows, and nothing else: what server, disk and driver take whatever a queue does. With ends, each row is deleted again by
/// a second connection while the next one is written, and so two commits compete for the disk, as those of a queue do whose jobs end durably.
/// </summary>
internal sealed class BareCommits : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlConnection? _other;
    private readonly NpgsqlCommand _insert;
    private readonly NpgsqlCommand? _delete;
    private Task _ending = Task.CompletedTask;

    private BareCommits(NpgsqlConnection connection, NpgsqlConnection? other, string table, int bytes)
    {
        (_connection, _other) = (connection, other);
        _insert = new NpgsqlCommand($"insert into {table} (id, payload) values ($1, $2)", connection);
        _insert.Parameters.Add(new NpgsqlParameter<int>());
        _insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = new byte[bytes] });
        if (other is null) return;
        _delete = new NpgsqlCommand($"delete from {table} where id <= $1", other);
        _delete.Parameters.Add(new NpgsqlParameter<int>());
    }

    internal static async Task<BareCommits> OpenAsync(NpgsqlDataSource database, string table, int bytes, bool withEnds, CancellationToken stop)
    {
        var connection = await database.OpenConnectionAsync(stop);
        var commits = new BareCommits(connection, withEnds ? await database.OpenConnectionAsync(stop) : null, table, bytes);
        await commits._insert.PrepareAsync(stop);
        if (commits._delete is { } delete) await delete.PrepareAsync(stop);
        return commits;
    }

    /// <summary>Commits a row, and begins to end it, and those before that have not been ended, if no end is under way.</summary>
    /// <returns>How long the row took.</returns>
    internal async Task<TimeSpan> InsertAsync(int id, CancellationToken stop)
    {
        ((NpgsqlParameter<int>)_insert.Parameters[0]).TypedValue = id;
        var before = Stopwatch.GetTimestamp();
        await _insert.ExecuteNonQueryAsync(stop);
        var took = Stopwatch.GetElapsedTime(before);
        if (_delete is null || !_ending.IsCompleted) return took;
        await _ending;
        ((NpgsqlParameter<int>)_delete.Parameters[0]).TypedValue = id;
        _ending = Task.Run(() => _delete.ExecuteNonQueryAsync(stop), stop);
        return took;
    }

    /// <summary>Returns when no end is under way.</summary>
    internal Task EndAsync() => _ending;

    public async ValueTask DisposeAsync()
    {
        await _insert.DisposeAsync();
        if (_delete is not null) await _delete.DisposeAsync();
        await _connection.DisposeAsync();
        if (_other is not null) await _other.DisposeAsync();
    }
}
