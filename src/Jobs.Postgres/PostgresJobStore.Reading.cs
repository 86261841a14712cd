using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <content>Pages and queries.</content>
public sealed partial class PostgresJobStore
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation)
    {
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        return await QueryAsync(
            _sql.ListPartitions, _ => { }, row => new PartitionKey(new QueueName(row.GetString(0)), row.GetInt32(1)), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!_partitions.TryGetValue(request.Partition, out var partition)) return [];
        if (request.Strategy != partition.Strategy) await ReorderAsync(request.Partition, request.Strategy, cancellation).ConfigureAwait(false);
        var sql = request.Kind switch
        {
            PageKind.Due => _sql.PageDue,
            PageKind.Ready => _sql.PageReady,
            PageKind.Limited => _sql.PageLimited,
            _ => _sql.PageGroup,
        };
        return await JobsAsync(sql, p => Bind(p, request, partition.Id), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<JobRecord?> FindAsync(JobId id, CancellationToken cancellation)
    {
        var jobs = await JobsAsync(_sql.Find, p => p.AddWithValue("id", id.ToGuid()), cancellation).ConfigureAwait(false);
        return jobs.Count == 0 ? null : jobs[0];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JobRecord>> FindManyAsync(IReadOnlyList<JobId> ids, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count == 0) return [];
        return await JobsAsync(_sql.FindMany, p => p.AddWithValue("ids", ids.Select(id => id.ToGuid()).ToArray()), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JobRecord>> ListAsync(JobQuery query, DateTimeOffset asOf, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        return await JobsAsync(query.NewestFirst ? _sql.ListNewest : _sql.ListOldest, p =>
        {
            Add(p, "queue", NpgsqlDbType.Text, query.Queue?.Value);
            Add(p, "task", NpgsqlDbType.Text, query.Task);
            Add(p, "tag", NpgsqlDbType.Text, query.Tag);
            Add(p, "from", NpgsqlDbType.TimestampTz, query.EnqueuedFrom?.UtcDateTime);
            Add(p, "before", NpgsqlDbType.TimestampTz, query.EnqueuedBefore?.UtcDateTime);
            Add(p, "after", NpgsqlDbType.Uuid, query.After?.ToGuid());
            Add(p, "states", NpgsqlDbType.Array | NpgsqlDbType.Smallint, query.States is { Count: > 0 } states ? states.Select(s => (short)s).ToArray() : null);
            Add(p, "as_of", NpgsqlDbType.TimestampTz, asOf.UtcDateTime);
            Add(p, "limit", NpgsqlDbType.Integer, query.PageJobs);
        }, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<JobCounts> CountAsync(QueueName? queue, DateTimeOffset asOf, CancellationToken cancellation)
    {
        var counts = new long[Enum.GetValues<JobState>().Length];
        var rows = await QueryAsync(_sql.Count, p =>
        {
            Add(p, "queue", NpgsqlDbType.Text, queue?.Value);
            Add(p, "as_of", NpgsqlDbType.TimestampTz, asOf.UtcDateTime);
        }, row => (State: row.GetInt32(0), Jobs: row.GetInt64(1)), cancellation).ConfigureAwait(false);
        foreach (var (state, jobs) in rows) counts[state] = jobs;
        return JobFilters.ToCounts(counts);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PartitionBacklog>> ReadBacklogAsync(
        IReadOnlyCollection<PartitionKey> partitions, DateTimeOffset asOf, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        await LearnMissingAsync(partitions, cancellation).ConfigureAwait(false);
        var known = partitions.Distinct().Where(_partitions.ContainsKey).ToDictionary(key => PartitionOf(key).Id, key => (Key: key, Count: new BacklogCount()));
        var rows = await QueryAsync(
            _sql.Backlog,
            p =>
            {
                p.AddWithValue("as_of", asOf.UtcDateTime);
                p.AddWithValue("partitions", known.Keys.ToArray());
            },
            row => (Id: row.GetInt32(0), State: (JobState)row.GetInt32(1), Jobs: row.GetInt64(2), FirstRunAt: new DateTimeOffset(row.GetDateTime(3))),
            cancellation).ConfigureAwait(false);
        foreach (var (id, state, jobs, firstRunAt) in rows) known[id].Count.Add(state, jobs, firstRunAt);
        return [.. known.Values.Select(partition => partition.Count.Of(partition.Key))];
    }

    private static void Bind(NpgsqlParameterCollection parameters, PageRequest request, int partition)
    {
        parameters.AddWithValue("partition", partition);
        parameters.AddWithValue("limit", request.MaxJobs);
        parameters.AddWithValue("sequence", request.From.Sequence);
        if (request.Kind is PageKind.Due)
        {
            // Ticks before the epoch of PostgreSQL's calendar mean "from the start"; DateTime's own start stands for it.
            parameters.AddWithValue("run_at", new DateTime(Math.Max(0, request.From.Major), DateTimeKind.Utc));
            return;
        }

        parameters.AddWithValue("name", request.Name);
        parameters.AddWithValue("as_of", request.AsOf.UtcDateTime);
        if (request.Kind is PageKind.Group) return;
        if (request.Kind is PageKind.Limited) parameters.AddWithValue("limit_key", StoredText.OfLimitKey(request.LimitKey!));
        parameters.AddWithValue("major", StoredOrder.Of(request.From.Major, request.Strategy is PollStrategy.RunAtFirst));
        parameters.AddWithValue("minor", StoredOrder.Of(request.From.Minor, request.Strategy is PollStrategy.PriorityFirst));
    }

    private static void Add(NpgsqlParameterCollection parameters, string name, NpgsqlDbType type, object? value) =>
        parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });

    private async ValueTask ReorderAsync(PartitionKey key, PollStrategy strategy, CancellationToken cancellation)
    {
        await ExecuteAsync(_sql.Reorder, p =>
        {
            p.AddWithValue("partition", PartitionOf(key).Id);
            p.AddWithValue("strategy", (short)strategy);
        }, cancellation).ConfigureAwait(false);
        while (PartitionOf(key) is var known && !_partitions.TryUpdate(key, known with { Strategy = strategy }, known))
        {
        }
    }

    private async ValueTask MigrateOnceAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _migrated)) return;
        await _migrating.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_migrated) return;
            if (_options.MigrateAtStart) await Migrator.MigrateAsync(_database, _options.Schema, cancellation).ConfigureAwait(false);
            else await Migrator.CheckAsync(_database, _options.Schema, cancellation).ConfigureAwait(false);
            await OpenDaysAsync(_clock.GetUtcNow(), cancellation).ConfigureAwait(false);
            Volatile.Write(ref _migrated, true);
        }
        catch (Exception e) when (IsFateUnknown(e))
        {
            // Migrations are one transaction, and each is applied once however often it is tried.
            throw new StoreUnavailableException(_name, e);
        }
        finally
        {
            _migrating.Release();
        }
    }

    private ValueTask<List<JobRecord>> JobsAsync(string sql, Action<NpgsqlParameterCollection> bind, CancellationToken cancellation) =>
        RunAsync(sql, bind, ReadJobsAsync, cancellation);

    private ValueTask<List<T>> QueryAsync<T>(
        string sql, Action<NpgsqlParameterCollection> bind, Func<NpgsqlDataReader, T> read, CancellationToken cancellation) => RunAsync(
        sql,
        bind,
        async (command, cancellation) =>
        {
            var rows = new List<T>();
            var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            await using var closing = reader.ConfigureAwait(false);
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) rows.Add(read(reader));

            // Rows come before the statement is committed; only what ends the answer says that it was.
            while (await reader.NextResultAsync(cancellation).ConfigureAwait(false))
            {
            }

            return rows;
        },
        cancellation);

    private ValueTask<int> ExecuteAsync(string sql, Action<NpgsqlParameterCollection> bind, CancellationToken cancellation) =>
        RunAsync(sql, bind, static (command, cancellation) => new ValueTask<int>(command.ExecuteNonQueryAsync(cancellation)), cancellation);

    private static async ValueTask<List<JobRecord>> ReadJobsAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        return await RecordReader.ReadAllAsync(reader, cancellation).ConfigureAwait(false);
    }

    /// <summary>Runs a statement that is none of a commit. A connection that is lost meanwhile means the same as one that cannot be made.</summary>
    private async ValueTask<T> RunAsync<T>(
        string sql, Action<NpgsqlParameterCollection> bind, Func<NpgsqlCommand, CancellationToken, ValueTask<T>> run, CancellationToken cancellation)
    {
        var connection = await OpenAsync(cancellation).ConfigureAwait(false);
        await using var returning = connection.ConfigureAwait(false);
        var command = new NpgsqlCommand(sql, connection);
        await using var disposing = command.ConfigureAwait(false);
        bind(command.Parameters);
        try
        {
            return await run(command, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (IsFateUnknown(e))
        {
            throw new StoreUnavailableException(_name, e);
        }
    }
}
