using System.Collections.Concurrent;
using System.Security.Cryptography;
using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>
/// Puts jobs into the inbox of a schema on somebody's connection, and so in the transaction that this is in. Everything is checked before
/// anything is written. Safe for many threads.
/// </summary>
/// <param name="schema">The schema of the jobs.</param>
/// <param name="drafts">Makes the records.</param>
/// <param name="clock">The clock of ids and times.</param>
internal sealed class InboxWriter(string schema, JobDrafts drafts, TimeProvider clock)
{
    /// <summary>How long it counts as known how many partitions a queue has. More may be added while a service runs.</summary>
    private static readonly TimeSpan PartitionsKnownFor = TimeSpan.FromSeconds(30);

    private readonly Statements _sql = new(schema);
    private readonly JobIdSource _ids = new(clock, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
    private readonly ConcurrentDictionary<QueueName, (int Partitions, long ReadAt)> _queues = new();
    private uint _spread;

    /// <summary>Makes a writer for a process that has no engine.</summary>
    internal static InboxWriter Create(string schema, JobLimits limits, IPayloadCodec codec, string codeVersion, TimeProvider clock)
    {
        var terms = new TermsFactory(limits, codec, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)), codeVersion);
        return new InboxWriter(schema, new JobDrafts(limits, codec, terms), clock);
    }

    /// <summary>Puts jobs in.</summary>
    /// <returns>Their ids, in the order given.</returns>
    /// <exception cref="DuplicateJobException">A job with an id of the caller's own exists.</exception>
    internal async ValueTask<JobId[]> WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<EncodedJob> jobs, Action<TaskDefinition> requireAccepted,
        CancellationToken cancellation)
    {
        drafts.CheckSizes(jobs, requireAccepted);
        var (terms, times) = Agree(jobs);
        var partitions = await PartitionsAsync(connection, transaction, terms, cancellation).ConfigureAwait(false);
        var records = new JobRecord[jobs.Count];
        var storedBytes = 0L;
        for (var i = 0; i < records.Length; i++)
        {
            var (queue, count) = (terms[i].Queue, partitions[terms[i].Queue]);
            var own = jobs[i].Options?.Id;
            if (own is { } named) _ = JobDrafts.PartitionOf(named, queue, count);
            var id = own ?? _ids.Next(queue, Choose(terms[i].GroupKey, count));
            records[i] = drafts.Record(jobs[i], id, terms[i], times[i], PriorityOf(jobs[i], queue), 0, ref storedBytes);
        }

        await RequireFreeAsync(connection, transaction, [.. records.Select(record => record.Id).Where(id => id.IsNamed)], cancellation).ConfigureAwait(false);
        await InsertAsync(connection, transaction, records, cancellation).ConfigureAwait(false);
        return [.. records.Select(record => record.Id)];
    }

    private Priority PriorityOf(EncodedJob job, QueueName queue) => drafts.Terms.PriorityOf(job.Task, job.Options, queue);

    /// <summary>What is agreed for each job, and its times; neighbours that were told the same share it.</summary>
    private (JobTerms[] Terms, DraftTimes[] Times) Agree(IReadOnlyList<EncodedJob> jobs)
    {
        var now = clock.GetUtcNow();
        var requestId = drafts.Terms.CurrentRequestId();
        var (terms, times) = (new JobTerms[jobs.Count], new DraftTimes[jobs.Count]);
        for (var i = 0; i < terms.Length; i++)
        {
            var (task, _, options, _) = jobs[i];
            JobDrafts.RequireLastingId(options);
            var isAlike = i > 0 && ReferenceEquals(task, jobs[i - 1].Task) && ReferenceEquals(options, jobs[i - 1].Options);
            if (isAlike) JobDrafts.RequireSharable(options);
            terms[i] = isAlike ? terms[i - 1] : drafts.Terms.Create(task, options, requestId);
            times[i] = isAlike ? times[i - 1] : new DraftTimes(now, drafts.RunAt(options, now));
        }

        return (terms, times);
    }

    private async ValueTask<Dictionary<QueueName, int>> PartitionsAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, JobTerms[] terms, CancellationToken cancellation)
    {
        var known = terms.Select(t => t.Queue).Distinct().ToDictionary(
            queue => queue, queue => _queues.TryGetValue(queue, out var read) && clock.GetElapsedTime(read.ReadAt) < PartitionsKnownFor ? read.Partitions : 0);
        if (!known.ContainsValue(0)) return known;
        var command = new NpgsqlCommand(_sql.Inbox.Partitions, connection, transaction);
        await using var disposing = command.ConfigureAwait(false);
        command.Parameters.Bind("queues", known.Keys.Select(queue => queue.Value).ToArray(), NpgsqlDbType.Text);
        var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) known[new QueueName(reader.GetString(0))] = reader.GetInt32(1);
        foreach (var queue in known.Keys)
        {
            // Nobody has told of it: it has one partition, as a queue has that nobody describes, or it will be told of.
            if (known[queue] == 0) known[queue] = 1;
            else _queues[queue] = (known[queue], clock.GetTimestamp());
        }

        return known;
    }

    private int Choose(string? groupKey, int partitions) => partitions == 1
        ? 0
        : (int)((groupKey is null ? Interlocked.Increment(ref _spread) : JobQueue.StableHash(groupKey)) % (uint)partitions);

    /// <summary>An id that is taken is an error of the caller's, and not of his transaction, which goes on.</summary>
    private async ValueTask RequireFreeAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, JobId[] ids, CancellationToken cancellation)
    {
        if (ids.Length == 0) return;
        var command = new NpgsqlCommand(_sql.IdsTaken, connection, transaction);
        await using var disposing = command.ConfigureAwait(false);
        command.Parameters.Bind("ids", ids.Select(id => id.ToGuid()).ToArray(), NpgsqlDbType.Uuid);
        if (await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is Guid taken) throw new DuplicateJobException(JobId.FromGuid(taken));
    }

    private async ValueTask InsertAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, JobRecord[] records, CancellationToken cancellation)
    {
        var command = new NpgsqlCommand(_sql.Inbox.Insert, connection, transaction);
        await using var disposing = command.ConfigureAwait(false);
        InboxColumns.BindTo(command.Parameters, records);
        var put = new HashSet<Guid>();
        var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) put.Add(reader.GetGuid(0));
        }

        if (put.Count == records.Length) return;

        // All or none, and the transaction goes on: what was put in beside an id that is in the inbox already is taken out again.
        var taken = records.Select(record => record.Id).FirstOrDefault(id => !put.Contains(id.ToGuid()));
        if (taken.IsEmpty) taken = records.GroupBy(record => record.Id).First(same => same.Count() > 1).Key;
        var undo = new NpgsqlCommand(_sql.Inbox.Undo, connection, transaction);
        await using var undone = undo.ConfigureAwait(false);
        undo.Parameters.Bind("ids", put.ToArray(), NpgsqlDbType.Uuid);
        await undo.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        throw new DuplicateJobException(taken);
    }
}
