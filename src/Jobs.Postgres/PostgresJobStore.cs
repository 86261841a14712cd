using System.Collections.Concurrent;
using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>Keeps jobs in PostgreSQL. Every commit is one round trip and one transaction, whatever the number of jobs in it.</summary>
public sealed partial class PostgresJobStore : IJobStore
{
    private const string Fenced = "JB001";
    private const string Missed = "JB002";

    private readonly NpgsqlDataSource _database;
    private readonly PostgresOptions _options;
    private readonly Statements _sql;
    private readonly ConcurrentDictionary<PartitionKey, StoredPartition> _partitions = new();
    private readonly SemaphoreSlim _migrating = new(1, 1);
    private bool _migrated;

    /// <summary>Makes a store; nothing is opened before the first call.</summary>
    public PostgresJobStore(string connectionString, PostgresOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
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
        for (var i = 0; i < alone.Length; i++) alone[i] = await CommitAloneAsync(units[i], cancellation).ConfigureAwait(false);
        return alone;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync().ConfigureAwait(false);
        _migrating.Dispose();
    }

    private async ValueTask<CommitVerdict[]?> TryCommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
    {
        var content = new CommitBatch(_sql, key => PartitionOf(key).Id);
        foreach (var unit in units)
        {
            for (var i = 0; i < unit.Changes.Count; i++)
            {
                // Ids of callers' own are looked for alone: they may be taken by any job, finished ones too.
                var transition = unit.Changes[i].Transition;
                if (transition.Before is null && transition.Job.Id.IsNamed) return null;
                content.Add(unit.Changes[i]);
            }
        }

        if (content.HasConflictingEpochs) return null;
        try
        {
            return Verdicts(units, content, await WriteAsync(content, cancellation).ConfigureAwait(false));
        }
        catch (PostgresException e) when (e.SqlState is Fenced or Missed or PostgresErrorCodes.UniqueViolation)
        {
            return null;
        }
    }

    private async ValueTask<CommitVerdict> CommitAloneAsync(CommitUnit unit, CancellationToken cancellation)
    {
        if (await TakenIdAsync(unit, cancellation).ConfigureAwait(false) is { } taken) return new CommitVerdict.IdTaken(taken);
        var content = new CommitBatch(_sql, key => PartitionOf(key).Id);
        foreach (var change in unit.Changes) content.Add(change);
        try
        {
            return Verdicts([unit], content, await WriteAsync(content, cancellation).ConfigureAwait(false))[0];
        }
        catch (PostgresException e) when (e.SqlState is Fenced)
        {
            return new CommitVerdict.Fenced(unit.Changes[0].Transition.Job.Partition);
        }
        catch (PostgresException e) when (e.SqlState is Missed)
        {
            return new CommitVerdict.Conflict(unit.Changes[0].Transition.Job.Id);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            return new CommitVerdict.IdTaken(unit.Changes[0].Transition.Job.Id);
        }
    }

    /// <summary>Writes a batch, and returns who has the unique keys of its new jobs afterwards.</summary>
    private async ValueTask<Dictionary<string, JobId>?> WriteAsync(CommitBatch content, CancellationToken cancellation)
    {
        var connection = await _database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var returning = connection.ConfigureAwait(false);
        var batch = new NpgsqlBatch(connection);
        await using var disposing = batch.ConfigureAwait(false);
        content.FillInto(batch);
        if (content.Keyed.Count == 0)
        {
            await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            return null;
        }

        var holders = new Dictionary<string, JobId>(StringComparer.Ordinal);
        var reader = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        do
        {
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            {
                if (reader.FieldCount == 2) holders[reader.GetString(0)] = JobId.FromGuid(reader.GetGuid(1));
            }
        }
        while (await reader.NextResultAsync(cancellation).ConfigureAwait(false));
        return holders;
    }

    private static CommitVerdict[] Verdicts(IReadOnlyList<CommitUnit> units, CommitBatch content, Dictionary<string, JobId>? holders)
    {
        var verdicts = new CommitVerdict[units.Count];
        Array.Fill(verdicts, CommitVerdict.Committed.Instance);
        if (holders is null) return verdicts;
        var left = content.Keyed.Select(job => (job.Id, Holder: holders.GetValueOrDefault(JobColumns.KeyOf(job.Terms.Queue, job.UniqueKey!))))
            .Where(pair => pair.Holder != pair.Id).ToDictionary(pair => pair.Id, pair => pair.Holder);
        if (left.Count == 0) return verdicts;
        for (var i = 0; i < verdicts.Length; i++)
        {
            var own = units[i].Changes.Select(change => change.Transition.Job.Id).Where(left.ContainsKey).ToDictionary(id => id, id => left[id]);
            if (own.Count > 0) verdicts[i] = new CommitVerdict.CommittedExcept(own);
        }

        return verdicts;
    }

    private async ValueTask<JobId?> TakenIdAsync(CommitUnit unit, CancellationToken cancellation)
    {
        var named = unit.Changes.Where(c => c.Transition.Before is null && c.Transition.Job.Id.IsNamed).Select(c => c.Transition.Job.Id).ToList();
        if (named.Count == 0) return null;
        if (named.Count != named.Distinct().Count()) return named.GroupBy(id => id).First(g => g.Count() > 1).Key;
        var command = _database.CreateCommand(_sql.IdsTaken);
        await using var disposing = command.ConfigureAwait(false);
        command.Parameters.Add(new NpgsqlParameter<Guid[]>("ids", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { TypedValue = [.. named.Select(id => id.ToGuid())] });
        return await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is Guid taken ? JobId.FromGuid(taken) : null;
    }

    private StoredPartition PartitionOf(PartitionKey key) => _partitions.TryGetValue(key, out var partition)
        ? partition
        : throw new InvalidOperationException($"The partition {key} is written to before it is owned.");

    private sealed class StoredPartition(int id, PollStrategy strategy)
    {
        internal int Id { get; } = id;

        internal PollStrategy Strategy { get; set; } = strategy;
    }
}
