using System.Collections.Concurrent;
using System.Globalization;
using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>
/// Keeps jobs in PostgreSQL. A commit is one round trip and one transaction; one of thousands of changes is a few of them, side by side.
/// </summary>
public sealed partial class PostgresJobStore : IJobStore
{
    private const string Fenced = "JB001";
    private const string Missed = "JB002";

    /// <summary>How often a commit is refused at most for reasons that are gone when it is tried again, as epochs that were raised for lost commits.</summary>
    private const int MaxTries = 20;

    private static readonly Dictionary<JobId, JobId> NoHolders = [];

    private readonly NpgsqlDataSource _database;
    private readonly SingleCommits _singles;
    private readonly PostgresOptions _options;
    private readonly Statements _sql;
    private readonly ConcurrentDictionary<PartitionKey, StoredPartition> _partitions = new();
    private readonly SemaphoreSlim _migrating = new(1, 1);
    private readonly TimeProvider _clock;
    private readonly string _name;
    private readonly string _connectionString;
    private bool _migrated;
    private int _disposed;

    /// <summary>Makes a store; nothing is opened before the first call.</summary>
    public PostgresJobStore(string connectionString, PostgresOptions options, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _clock = clock ?? TimeProvider.System;
        _options = options.Checked();
        _sql = new Statements(options.Schema);
        _connectionString = connectionString;
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            CommandTimeout = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds),

            // Statements are parsed once for each connection; the plans are made for the arrays at hand, because one for any array
            // expects ten rows and joins a thousand in loops.
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 2,

            // Nothing is ever set in a session, so there is nothing to reset, which would cost each commit eight statements.
            NoResetOnClose = true,
            Options = "-c plan_cache_mode=force_custom_plan -c jit=off",
        };
        _database = NpgsqlDataSource.Create(builder);
        _singles = new SingleCommits(builder, _sql, _clock);
        _handlers = MakeHandlers(connectionString, options.MaxHandlerTransactions);
        _handlerConnections = new SemaphoreSlim(options.MaxHandlerTransactions);
        _name = $"PostgreSQL at {builder.Host}:{builder.Port}/{builder.Database}";
    }

    internal string Schema => _options.Schema;

    /// <inheritdoc/>
    public StoreCapabilities Capabilities { get; } = new(IsDurable: true, HasIntakeLane: true, HasManyOwners: true);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(units);
        var verdicts = new List<CommitVerdict>(units.Count);
        foreach (var run in CommitContent.InRuns(units))
        {
            try
            {
                await CommitInPartsAsync(run, verdicts, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (verdicts.Count > 0)
            {
                // Units before it are committed, so this must not look like a failure of all.
                while (verdicts.Count < units.Count) verdicts.Add(new CommitVerdict.Failed(e));
                break;
            }
        }

        return verdicts;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _disposing.CancelAsync().ConfigureAwait(false);
        await _vacuum.ConfigureAwait(false);
        await _singles.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
        if (_handlers.IsValueCreated) await _handlers.Value.DisposeAsync().ConfigureAwait(false);
        _migrating.Dispose();
        _disposing.Dispose();
    }

    /// <summary>Commits units at once, or, if one of them is refused, each half by itself, until the refused ones are found.</summary>
    private async ValueTask CommitRunAsync(
        IReadOnlyList<CommitUnit> units, List<CommitVerdict> verdicts, CancellationToken cancellation, bool isPart = false)
    {
        try
        {
            if (units.Count == 1)
            {
                verdicts.Add(await CommitAloneAsync(units[0], cancellation).ConfigureAwait(false));
                return;
            }

            if (await TryCommitAsync(units, isPart, cancellation).ConfigureAwait(false) is { } together)
            {
                verdicts.AddRange(together);
                return;
            }
        }
        catch (UnsureException e)
        {
            await CommitSureAsync(units, e, verdicts, cancellation).ConfigureAwait(false);
            return;
        }

        var half = units.Count / 2;
        await CommitRunAsync([.. units.Take(half)], verdicts, cancellation).ConfigureAwait(false);
        await CommitRunAsync([.. units.Skip(half)], verdicts, cancellation).ConfigureAwait(false);
    }

    /// <summary>Commits those units once more for which that does no harm, whether they were committed or not; of the others nobody can tell.</summary>
    private async ValueTask CommitSureAsync(
        IReadOnlyList<CommitUnit> units, UnsureException unsure, List<CommitVerdict> verdicts, CancellationToken cancellation)
    {
        foreach (var unit in units)
        {
            if (unit.Changes.Any(change => unsure.Jobs.Contains(change.Transition.Job.Id)))
                verdicts.Add(new CommitVerdict.Failed(new CommitFateUnknownException(_name, unsure.InnerException!)));
            else
                await CommitRunAsync([unit], verdicts, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Commits all units at once; null if one of them is refused, in which case nothing is committed.</summary>
    private async ValueTask<IReadOnlyList<CommitVerdict>?> TryCommitAsync(IReadOnlyList<CommitUnit> units, bool isPart, CancellationToken cancellation)
    {
        var content = new CommitContent(units);
        if (content.ClaimedTwice is not null) return null;
        await LearnMissingAsync(content.Epochs.Keys, cancellation).ConfigureAwait(false);
        if (!content.Epochs.Keys.All(_partitions.ContainsKey)) return null;
        if (content.MustLookForIds && await TakenIdAsync(units.SelectMany(unit => unit.Changes), cancellation).ConfigureAwait(false) is not null)
            return null;
        try
        {
            return content.Committed(units, await WriteForSureAsync(content, cancellation, isPart).ConfigureAwait(false));
        }
        catch (PostgresException e) when (e.SqlState is Fenced or Missed or PostgresErrorCodes.UniqueViolation)
        {
            return null;
        }
    }

    /// <summary>
    /// Writes a batch, and finds out what became of it if the answer is lost. Returns who has the unique keys of its new jobs, by the new job's id.
    /// </summary>
    private async ValueTask<IReadOnlyDictionary<JobId, JobId>> WriteForSureAsync(
        CommitContent content, CancellationToken cancellation, bool isPart = false)
    {
        Dictionary<JobId, JobId>? holders = null;
        for (var tries = 0; holders is null; tries++)
        {
            var rows = RowsOf(content);
            try
            {
                holders = await TryWriteOneAsync(content, rows, cancellation).ConfigureAwait(false)
                    ? NoHolders
                    : await WriteAsync(content, rows, isPart, cancellation).ConfigureAwait(false);
                NoteLeft(content);
            }
            catch (PostgresException e) when ((MetNewDay(e) || e.SqlState is PostgresErrorCodes.DeadlockDetected) && tries < MaxTries)
            {
                // Nothing was written. The next try finds the day's table, or, of two commits that waited for each other's keys, the other one's end.
            }
            catch (PostgresException e) when (e.SqlState is Fenced && tries < MaxTries)
            {
                if (!await HasNewEpochAsync(content, rows, cancellation).ConfigureAwait(false)) throw;
            }
            catch (Exception e) when (IsFateUnknown(e))
            {
                if (await TookPlaceAsync(content, e, cancellation).ConfigureAwait(false))
                    holders = await TakenInAsync(content, cancellation).ConfigureAwait(false);
            }
        }

        return content.Keyed.Count == holders.Count ? holders : await FindHoldersAsync(content, holders, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// True if a record was on its way to the table for records without a day while its day was opened: PostgreSQL picks the table before
    /// it waits for the lock, and refuses the record afterwards.
    /// </summary>
    private static bool MetNewDay(PostgresException error) =>
        error.SqlState is PostgresErrorCodes.CheckViolation && error.TableName is "job_done_other";

    private ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellation) => ReachAsync(_database.OpenConnectionAsync(cancellation));

    private async ValueTask<T> ReachAsync<T>(ValueTask<T> opening)
    {
        try
        {
            return await opening.ConfigureAwait(false);
        }
        catch (Exception e) when (IsFateUnknown(e))
        {
            throw new StoreUnavailableException(_name, e);
        }
    }

    private async ValueTask<CommitVerdict> CommitAloneAsync(CommitUnit unit, CancellationToken cancellation)
    {
        var content = new CommitContent([unit]);
        await LearnMissingAsync(content.Epochs.Keys, cancellation).ConfigureAwait(false);
        foreach (var key in content.Epochs.Keys)
        {
            // Nobody has ever claimed it, so nobody was given an epoch.
            if (!_partitions.ContainsKey(key)) return new CommitVerdict.Fenced(key);
        }

        if (content.ClaimedTwice is { } torn) return new CommitVerdict.Fenced(torn);
        for (var tries = 0; ; tries++)
        {
            if (await TryCommitAloneAsync(unit, content, isLastTry: tries == MaxTries, cancellation).ConfigureAwait(false) is { } verdict) return verdict;
        }
    }

    /// <summary>Commits one unit; null if it was refused for a unique key that nobody has any more.</summary>
    private async ValueTask<CommitVerdict?> TryCommitAloneAsync(CommitUnit unit, CommitContent content, bool isLastTry, CancellationToken cancellation)
    {
        try
        {
            if (content.MustLookForIds && await TakenIdAsync(unit.Changes, cancellation).ConfigureAwait(false) is { } id)
            {
                await CheckFenceAsync(content, cancellation).ConfigureAwait(false);
                return new CommitVerdict.IdTaken(id);
            }

            return content.Committed([unit], await WriteForSureAsync(content, cancellation).ConfigureAwait(false))[0];
        }
        catch (PostgresException e) when (e.SqlState is Fenced)
        {
            return new CommitVerdict.Fenced(content.Epochs.Keys.First(key => PartitionOf(key).Id.ToString(CultureInfo.InvariantCulture) == e.Hint));
        }
        catch (PostgresException e) when (e.SqlState is Missed)
        {
            return new CommitVerdict.Conflict(JobId.FromGuid(Guid.Parse(e.Hint!)));
        }
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "job_unique" } && !isLastTry)
        {
            return await RevivedKeyHolderAsync(unit, cancellation).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: not "job_unique" })
        {
            return new CommitVerdict.IdTaken(await TakenIdAsync(unit.Changes, cancellation).ConfigureAwait(false) ?? unit.Changes[0].Transition.Job.Id);
        }
    }

    /// <summary>Writes one job as a whole commit. False if that cannot be done so, or was refused; nothing was written then.</summary>
    private async ValueTask<bool> TryWriteOneAsync(
        CommitContent content, Dictionary<PartitionKey, (int Id, long Epoch)> rows, CancellationToken cancellation)
    {
        if (!SingleCommits.Fits(content, out var change)) return false;
        var single = await ReachAsync(_singles.TakeAsync(cancellation)).ConfigureAwait(false);
        var (partition, epoch) = rows[change.Transition.Job.Partition];
        return await _singles.TryWriteAsync(single, change, partition, epoch, cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes a batch, and returns who has the unique keys of its new jobs, as far as that can be told.</summary>
    private async ValueTask<Dictionary<JobId, JobId>> WriteAsync(
        CommitContent content, Dictionary<PartitionKey, (int Id, long Epoch)> rows, bool isPart, CancellationToken cancellation)
    {
        var connection = await OpenAsync(cancellation).ConfigureAwait(false);
        await using var returning = connection.ConfigureAwait(false);
        var batch = new NpgsqlBatch(connection);
        await using var disposing = batch.ConfigureAwait(false);
        new CommitBatch(_sql, content, rows).FillInto(batch, isPart);
        if (content.Keyed.Count == 0)
        {
            await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            return NoHolders;
        }

        var found = new List<(string Key, JobId Id)>();
        var reader = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        do
        {
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            {
                if (reader.FieldCount == 2) found.Add((reader.GetString(0), JobId.FromGuid(reader.GetGuid(1))));
            }
        }
        while (await reader.NextResultAsync(cancellation).ConfigureAwait(false));
        return HoldersIn(found, content);
    }

    /// <summary>If a finished job was to come back while another unfinished one has its unique key: that verdict; null if nobody has it any more.</summary>
    private async ValueTask<CommitVerdict?> RevivedKeyHolderAsync(CommitUnit unit, CancellationToken cancellation)
    {
        foreach (var (before, after) in unit.Changes.Select(c => (c.Transition.Before, c.Transition.After)))
        {
            if (before?.State.IsFinal() != true || after?.UniqueKey is not { } key || after.State.IsFinal()) continue;
            var holders = await QueryAsync(
                _sql.Holders,
                p => p.AddWithValue("keys", new[] { JobColumns.KeyOf(after.Terms.Queue, key) }),
                row => JobId.FromGuid(row.GetGuid(1)),
                cancellation).ConfigureAwait(false);
            if (holders.Count > 0) return new CommitVerdict.KeyTaken(after.Id, holders[0]);
        }

        return null;
    }

    /// <summary>Has the database refuse what is fenced, although nothing is written.</summary>
    private async ValueTask CheckFenceAsync(CommitContent content, CancellationToken cancellation)
    {
        for (var tries = 0; ; tries++)
        {
            var rows = RowsOf(content);
            try
            {
                await PassFenceAsync(content, rows, cancellation).ConfigureAwait(false);
                return;
            }
            catch (PostgresException e) when (e.SqlState is Fenced && tries < MaxTries)
            {
                if (!await HasNewEpochAsync(content, rows, cancellation).ConfigureAwait(false)) throw;
            }
        }
    }

    private async ValueTask PassFenceAsync(
        CommitContent content, Dictionary<PartitionKey, (int Id, long Epoch)> rows, CancellationToken cancellation)
    {
        var connection = await OpenAsync(cancellation).ConfigureAwait(false);
        await using var returning = connection.ConfigureAwait(false);
        var batch = new NpgsqlBatch(connection);
        await using var disposing = batch.ConfigureAwait(false);
        new CommitBatch(_sql, content, rows).FillFenceInto(batch);
        await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether a commit that was refused has to name another epoch although its partitions' owners are the ones that it was made for.</summary>
    private async ValueTask<bool> HasNewEpochAsync(
        CommitContent content, Dictionary<PartitionKey, (int Id, long Epoch)> refused, CancellationToken cancellation)
    {
        await LearnAsync([.. content.Epochs.Keys], cancellation).ConfigureAwait(false);
        var now = RowsOf(content);
        return refused.Any(row => now[row.Key] != row.Value);
    }

    private async ValueTask<JobId?> TakenIdAsync(IEnumerable<JobChange> changes, CancellationToken cancellation)
    {
        var named = changes.Where(c => c.Transition.Before is null && !c.IsFresh).Select(c => c.Transition.Job.Id).ToList();
        if (named.Count == 0) return null;
        if (named.Count != named.Distinct().Count()) return named.GroupBy(id => id).First(g => g.Count() > 1).Key;
        var taken = await QueryAsync(
            _sql.IdsTaken,
            p => p.Add(new NpgsqlParameter<Guid[]>("ids", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { TypedValue = [.. named.Select(id => id.ToGuid())] }),
            row => JobId.FromGuid(row.GetGuid(0)),
            cancellation).ConfigureAwait(false);
        return taken.Count == 0 ? null : taken[0];
    }
}
