using System.Collections.Concurrent;
using Jobs.Core;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Jobs.Sqlite;

/// <summary>
/// Keeps jobs in a SQLite file. One connection writes, one transaction for each call of <see cref="CommitAsync"/>; queries have connections
/// of their own and never wait for it. One process at a time owns a file; others wait until it is gone, and the epochs fence off whoever
/// was the owner before.
/// </summary>
public sealed partial class SqliteJobStore : IJobStore
{
    private readonly JobFile _file;
    private readonly SqliteOptions _options;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _reading;
    private readonly ConcurrentBag<Session> _readers = [];
    private Session? _session;
    private CommitWriter? _writer;
    private bool _opened;
    private bool _disposed;

    /// <summary>Makes a store; nothing is opened before the first call.</summary>
    /// <param name="path">The file; it is created if it is missing, its folder is not.</param>
    /// <param name="options">When a commit counts as written, and how long it waits for other processes.</param>
    public SqliteJobStore(string path, SqliteOptions? options = null)
    {
        _options = (options ?? new SqliteOptions()).Checked();
        _file = new JobFile(path, _options);
        _ownerLock = new OwnerLock(_file.Path);
        _reading = new SemaphoreSlim(_options.MaxReaders, _options.MaxReaders);
    }

    /// <inheritdoc/>
    public StoreCapabilities Capabilities { get; } = new(IsDurable: true);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(units);
        return await WriteAsync(session => (_writer ??= new CommitWriter(session)).Commit(units), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        if (!_disposed)
        {
            for (var i = 0; i < _options.MaxReaders; i++) await _reading.WaitAsync().ConfigureAwait(false);
            _disposed = true;
            foreach (var reader in _readers) reader.Dispose();
            _readers.Clear();
            CloseWriter();
            _ownerLock.Dispose();
            _reading.Release(_options.MaxReaders);
        }

        _writing.Release();
    }

    /// <summary>For tests: lets the file grow no further on the writer's connection, as a full disk does.</summary>
    internal async ValueTask LimitPagesAsync(int pages) => await WriteAsync(
        session =>
        {
            session.Run($"pragma max_page_count = {pages}");
            return true;
        },
        CancellationToken.None).ConfigureAwait(false);

    /// <summary>Does something on the writer's connection, off the caller's thread, which has others to serve meanwhile.</summary>
    private async ValueTask<T> WriteAsync<T>(Func<Session, T> work, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Write(work), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    private T Write<T>(Func<Session, T> work)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _session ??= _file.OpenWriter();
        Volatile.Write(ref _opened, true);
        try
        {
            return work(_session);
        }
        catch (Exception e)
        {
            // Closing takes back whatever was under way, in any state the connection may be in; the next call opens another one.
            CloseWriter();
            if (e is SqliteException failure) throw JobFileException.From(_file.Path, failure);
            throw;
        }
    }

    /// <summary>Does something in a transaction of its own.</summary>
    private ValueTask<T> TransactAsync<T>(Func<Session, T> work, CancellationToken cancellation) => WriteAsync(
        session =>
        {
            session.Begin();
            var result = work(session);
            session.Commit();
            return result;
        },
        cancellation);

    private async ValueTask<T> ReadAsync<T>(Func<Session, T> work, CancellationToken cancellation)
    {
        if (!Volatile.Read(ref _opened)) await WriteAsync(_ => true, cancellation).ConfigureAwait(false);
        await _reading.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Read(work, cancellation), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _reading.Release();
        }
    }

    private T Read<T>(Func<Session, T> work, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var session = _readers.TryTake(out var idle) ? idle : _file.OpenReader();
        try
        {
            T result;
            using (cancellation.UnsafeRegister(static s => ((Session)s!).Interrupt(), session)) result = work(session);
            _readers.Add(session);
            return result;
        }
        catch (Exception e)
        {
            session.Dispose();
            if (e is not SqliteException failure) throw;
            if (failure.SqliteErrorCode == raw.SQLITE_INTERRUPT) throw new OperationCanceledException(failure.Message, e, cancellation);
            throw JobFileException.From(_file.Path, failure);
        }
    }

    private void CloseWriter()
    {
        _writer = null;
        _session?.Dispose();
        _session = null;
    }
}
