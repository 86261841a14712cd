using System.Collections.Concurrent;
using System.Globalization;
using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>Keeps jobs in PostgreSQL. Every commit is one round trip and one transaction, whatever the number of jobs in it.</summary>
public sealed partial class PostgresJobStore : IJobStore
{
    private const string Fenced = "JB001";
    private const string Missed = "JB002";

    private static readonly Dictionary<JobId, JobId> NoHolders = [];

    private readonly NpgsqlDataSource _database;
    private readonly PostgresOptions _options;
    private readonly Statements _sql;
    private readonly ConcurrentDictionary<PartitionKey, StoredPartition> _partitions = new();
    private readonly SemaphoreSlim _migrating = new(1, 1);
    private readonly TimeProvider _clock;
    private readonly string _name;
    private bool _migrated;

    /// <summary>Makes a store; nothing is opened before the first call.</summary>
    public PostgresJobStore(string connectionString, PostgresOptions options, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _clock = clock ?? TimeProvider.System;
        _options = options.Checked();
        _sql = new Statements(options.Schema);
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            CommandTimeout = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds),

            // Statements are parsed once for each connection; the plans are made for the arrays at hand, because one for any array
            // expects ten rows and joins a thousand in loops.
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 2,
            Options = "-c plan_cache_mode=force_custom_plan -c jit=off",
        };
        _database = NpgsqlDataSource.Create(builder);
        _name = $"PostgreSQL at {builder.Host}:{builder.Port}/{builder.Database}";
    }

    /// <inheritdoc/>
    public StoreCapabilities Capabilities { get; } = new(IsDurable: true);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(units);
        if (await TryCommitAsync(units, cancellation).ConfigureAwait(false) is { } verdicts) return verdicts;

        // Something in the batch is refused; one by one shows what, and the others are committed.
        var alone = new CommitVerdict[units.Count];
        for (var i = 0; i < alone.Length; i++)
        {
            try
            {
                alone[i] = await CommitAloneAsync(units[i], cancellation).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // The units before it are committed, so this must not look like a failure of all.
                alone[i] = new CommitVerdict.Failed(e);
            }
        }

        return alone;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync().ConfigureAwait(false);
        _migrating.Dispose();
    }

    /// <summary>Commits all units at once; null if one of them is refused, in which case nothing is committed.</summary>
    private async ValueTask<IReadOnlyList<CommitVerdict>?> TryCommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
    {
        var content = new CommitContent(units);
        if (content.ClaimedTwice is not null || content.MustLookForIds || !content.Epochs.Keys.All(_partitions.ContainsKey)) return null;
        try
        {
            return content.Committed(units, await WriteForSureAsync(content, cancellation).ConfigureAwait(false));
        }
        catch (PostgresException e) when (e.SqlState is Fenced or Missed or PostgresErrorCodes.UniqueViolation)
        {
            return null;
        }
    }

    /// <summary>Writes a batch, and finds out what became of it if the answer is lost.</summary>
    private async ValueTask<IReadOnlyDictionary<JobId, JobId>> WriteForSureAsync(CommitContent content, CancellationToken cancellation)
    {
        while (true)
        {
            var connection = await OpenAsync(cancellation).ConfigureAwait(false);
            await using var returning = connection.ConfigureAwait(false);
            try
            {
                return await WriteAsync(connection, content, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (IsFateUnknown(e))
            {
                if (await TookPlaceAsync(content, cancellation).ConfigureAwait(false)) return await HoldersAsync(content, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            return await _database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (IsFateUnknown(e))
        {
            throw new StoreUnavailableException(_name, e);
        }
    }

    private async ValueTask<IReadOnlyDictionary<JobId, JobId>> HoldersAsync(CommitContent content, CancellationToken cancellation)
    {
        if (content.Keyed.Count == 0) return NoHolders;
        var holders = await QueryAsync(
            _sql.Holders,
            p => p.AddWithValue("keys", content.Keyed.Select(job => JobColumns.KeyOf(job.Terms.Queue, job.UniqueKey!)).ToArray()),
            row => (Key: row.GetString(0), Id: JobId.FromGuid(row.GetGuid(1))),
            cancellation).ConfigureAwait(false);
        return ByJob(content, holders.ToDictionary(h => h.Key, h => h.Id));
    }

    private static Dictionary<JobId, JobId> ByJob(CommitContent content, Dictionary<string, JobId> byKey) =>
        content.Keyed.ToDictionary(job => job.Id, job => byKey.GetValueOrDefault(JobColumns.KeyOf(job.Terms.Queue, job.UniqueKey!), job.Id));

    private async ValueTask<CommitVerdict> CommitAloneAsync(CommitUnit unit, CancellationToken cancellation)
    {
        foreach (var change in unit.Changes)
        {
            if (!_partitions.ContainsKey(change.Transition.Job.Partition)) return new CommitVerdict.Fenced(change.Transition.Job.Partition);
        }

        if (await TakenIdAsync(unit, cancellation).ConfigureAwait(false) is { } taken) return new CommitVerdict.IdTaken(taken);
        var content = new CommitContent([unit]);
        if (content.ClaimedTwice is { } torn) return new CommitVerdict.Fenced(torn);
        var first = unit.Changes[0].Transition.Job;
        try
        {
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
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            return await RevivedKeyHolderAsync(unit, cancellation).ConfigureAwait(false) ?? new CommitVerdict.IdTaken(first.Id);
        }
    }

    /// <summary>Writes a batch, and returns who has the unique keys of its new jobs afterwards, by the new job's id.</summary>
    private async ValueTask<IReadOnlyDictionary<JobId, JobId>> WriteAsync(
        NpgsqlConnection connection, CommitContent content, CancellationToken cancellation)
    {
        var batch = new NpgsqlBatch(connection);
        await using var disposing = batch.ConfigureAwait(false);
        new CommitBatch(_sql, content, key => PartitionOf(key).Id, EpochInTable).FillInto(batch);
        if (content.Keyed.Count == 0)
        {
            await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            return NoHolders;
        }

        var byKey = new Dictionary<string, JobId>(StringComparer.Ordinal);
        var reader = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        do
        {
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            {
                if (reader.FieldCount == 2) byKey[reader.GetString(0)] = JobId.FromGuid(reader.GetGuid(1));
            }
        }
        while (await reader.NextResultAsync(cancellation).ConfigureAwait(false));
        return ByJob(content, byKey);
    }

    /// <summary>If a finished job was to come back while another unfinished one has its unique key: that verdict.</summary>
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

    private async ValueTask<JobId?> TakenIdAsync(CommitUnit unit, CancellationToken cancellation)
    {
        var named = unit.Changes.Where(c => c.Transition.Before is null && !c.IsFresh).Select(c => c.Transition.Job.Id).ToList();
        if (named.Count == 0) return null;
        if (named.Count != named.Distinct().Count()) return named.GroupBy(id => id).First(g => g.Count() > 1).Key;
        var command = _database.CreateCommand(_sql.IdsTaken);
        await using var disposing = command.ConfigureAwait(false);
        command.Parameters.Add(new NpgsqlParameter<Guid[]>("ids", NpgsqlDbType.Array | NpgsqlDbType.Uuid)
        {
            TypedValue = [.. named.Select(id => id.ToGuid())],
        });
        return await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is Guid taken ? JobId.FromGuid(taken) : null;
    }

    private long EpochInTable(PartitionKey key, long given)
    {
        var partition = PartitionOf(key);
        return given == partition.GivenEpoch ? partition.Epoch : given;
    }

    private StoredPartition PartitionOf(PartitionKey key) => _partitions.TryGetValue(key, out var partition)
        ? partition
        : throw new InvalidOperationException($"The partition {key} is written to before it is owned.");

    /// <summary>A partition that this process owns, or owned.</summary>
    private sealed class StoredPartition(int id, string owner, long epoch, PollStrategy strategy)
    {
        internal int Id { get; } = id;

        /// <summary>Who owns it, in words that no other process and no later owner uses.</summary>
        internal string Owner { get; } = owner;

        /// <summary>The epoch that the owner was given and names in every change.</summary>
        internal long GivenEpoch { get; } = epoch;

        /// <summary>The epoch in the table; ahead of the given one after commits of unknown fate were resolved.</summary>
        internal long Epoch { get; set; } = epoch;

        internal PollStrategy Strategy { get; set; } = strategy;
    }
}
