using System.Collections.Concurrent;
using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres;

/// <summary>
/// Commits of one job that is enqueued or ends, which is what a service with little to do commits. They go over a few connections of their
/// own, one for each that is under way at a time, where making a statement, its parameters and its plan is done once; each time, that would
/// take longer than running it.
/// </summary>
internal sealed class SingleCommits : IAsyncDisposable
{
    /// <summary>What lies between here and the server may have forgotten a connection that was silent for longer.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    private readonly NpgsqlDataSource _database;
    private readonly Statements _sql;
    private readonly TimeProvider _clock;
    private readonly ConcurrentBag<(SingleConnection Connection, long Since)> _free = [];
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lazy<Task> _first;

    internal SingleCommits(NpgsqlConnectionStringBuilder connection, Statements sql, TimeProvider clock)
    {
        _sql = sql;
        _clock = clock;
        _first = new Lazy<Task>(OpenFirstAsync);
        _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection.ConnectionString)
        {
            Pooling = false,
            MaxAutoPrepare = 0,

            // Every row is found by its key, also while the server has no statistics that say that there are many.
            Options = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off",
        });
    }

    /// <summary>True if a commit is of one job that a single statement can write.</summary>
    internal static bool Fits(CommitContent content, out JobChange change)
    {
        change = content.Changes.FirstOrDefault()!;
        return content.Changes.Count == 1 && !change.IsFromInbox
            && (change.Transition is { Before: null, After: { } job } ? WaitingColumns.IsPlain(job) : EndingColumns.Fits(change.Transition));
    }

    /// <summary>Has the first connection made while nobody waits for it; called again, it does nothing.</summary>
    internal void Prepare() => _ = _first.Value;

    /// <summary>A connection to be given back if all went well, and disposed otherwise.</summary>
    internal async ValueTask<SingleConnection> TakeAsync(CancellationToken cancellation)
    {
        if (_free.IsEmpty && _first.IsValueCreated) await _first.Value.WaitAsync(cancellation).ConfigureAwait(false);
        while (_free.TryTake(out var free))
        {
            if (_clock.GetElapsedTime(free.Since) < LongestSilence) return free.Connection;
            await free.Connection.DisposeAsync().ConfigureAwait(false);
        }

        return await SingleConnection.OpenAsync(_database, _sql, cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes a change that fits, and keeps the connection if that came to an end.</summary>
    /// <returns>False if it was refused and nothing was written; the statements for many jobs tell why.</returns>
    internal async ValueTask<bool> TryWriteAsync(
        SingleConnection single, JobChange change, int partition, long epoch, CancellationToken cancellation)
    {
        try
        {
            var (before, after) = (change.Transition.Before, change.Transition.After!);
            var isWritten = before is null
                ? await single.InsertAsync(partition, epoch, after, change.Strategy, cancellation).ConfigureAwait(false)
                : await single.MoveAsync(partition, epoch, before.Deliveries, after, cancellation).ConfigureAwait(false);
            _free.Add((single, _clock.GetTimestamp()));
            return isWritten;
        }
        catch
        {
            await single.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync().ConfigureAwait(false);
        if (_first.IsValueCreated) await _first.Value.ConfigureAwait(false);
        while (_free.TryTake(out var free)) await free.Connection.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
        _disposing.Dispose();
    }

    private async Task OpenFirstAsync()
    {
        try
        {
            _free.Add((await SingleConnection.OpenAsync(_database, _sql, _disposing.Token).ConfigureAwait(false), _clock.GetTimestamp()));
        }
        catch (Exception)
        {
            // The server is away, or has no room: the first commit tries again, and tells.
        }
    }
}
