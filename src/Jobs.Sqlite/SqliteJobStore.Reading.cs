using System.Collections.Concurrent;
using Jobs.Core;

namespace Jobs.Sqlite;

/// <content>Pages and queries.</content>
public sealed partial class SqliteJobStore
{
    private const int AllStates = 0xFF;

    private static readonly byte[] BeforeAllIds = [];
    private static readonly byte[] BehindAllIds = [.. Enumerable.Repeat(byte.MaxValue, 17)];

    private readonly ConcurrentDictionary<long, QueueName> _queues = new();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation) => await ReadAsync(
        session => Rows(session["list_partitions"], row => new PartitionKey(new QueueName(row.Text(0)!), row.Int32(1))),
        cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        IReadOnlyList<JobRecord>? page;
        while ((page = await ReadAsync(session => PageIfPrepared(session, request), cancellation).ConfigureAwait(false)) is null)
            await TransactAsync(session => Prepare(session, request), cancellation).ConfigureAwait(false);
        return page;
    }

    /// <inheritdoc/>
    public async ValueTask<JobRecord?> FindAsync(JobId id, CancellationToken cancellation)
    {
        var found = await ReadAsync(
            session =>
            {
                var find = session["find_job"];
                find.Bind(find.IndexOf("id"), id);
                return RecordReader.ReadAll(find, QueueOf(session));
            },
            cancellation).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JobRecord>> ListAsync(JobQuery query, DateTimeOffset asOf, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        return await ReadAsync(
            session =>
            {
                var list = session[query.NewestFirst ? "list_newest" : "list_oldest"];
                Bind(list, query, asOf);
                return RecordReader.ReadAll(list, QueueOf(session));
            },
            cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<JobCounts> CountAsync(QueueName? queue, DateTimeOffset asOf, CancellationToken cancellation)
    {
        var counts = new long[Enum.GetValues<JobState>().Length];
        var rows = await ReadAsync(
            session =>
            {
                var count = session["count_jobs"];
                count.Bind(count.IndexOf("queue"), queue?.Value);
                count.Bind(count.IndexOf("as_of"), Times.Of(asOf));
                return Rows(count, row => (State: row.Int32(0), Jobs: row.Int64(1)));
            },
            cancellation).ConfigureAwait(false);
        foreach (var (state, jobs) in rows) counts[state] = jobs;
        return JobFilters.ToCounts(counts);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PartitionBacklog>> ReadBacklogAsync(
        IReadOnlyCollection<PartitionKey> partitions, DateTimeOffset asOf, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        var counts = partitions.Distinct().ToDictionary(key => key, _ => new BacklogCount());
        var rows = await ReadAsync(
            session =>
            {
                var backlog = session["backlog"];
                backlog.Bind(backlog.IndexOf("as_of"), Times.Of(asOf));
                return Rows(backlog, row => (
                    Key: new PartitionKey(new QueueName(row.Text(0)!), row.Int32(1)), State: (JobState)row.Int32(2), Jobs: row.Int64(3),
                    FirstRunAt: Times.From(row.Int64(4))));
            },
            cancellation).ConfigureAwait(false);
        foreach (var (key, state, jobs, firstRunAt) in rows) counts.GetValueOrDefault(key)?.Add(state, jobs, firstRunAt);
        return [.. counts.Select(count => count.Value.Of(count.Key))];
    }

    private static void Bind(Statement list, JobQuery query, DateTimeOffset asOf)
    {
        var states = query.States is { Count: > 0 } some ? some.Aggregate(0L, (bits, state) => bits | (1L << (int)state)) : AllStates;
        list.Bind(list.IndexOf("queue"), query.Queue?.Value);
        list.Bind(list.IndexOf("task"), query.Task);
        list.Bind(list.IndexOf("tag"), query.Tag);
        list.Bind(list.IndexOf("from"), query.EnqueuedFrom is { } from ? Times.CeilingOf(from) : null);
        list.Bind(list.IndexOf("before"), query.EnqueuedBefore is { } before ? Times.CeilingOf(before) : null);
        list.Bind(list.IndexOf("states"), states);
        list.Bind(list.IndexOf("as_of"), Times.Of(asOf));
        list.Bind(list.IndexOf("limit"), query.PageJobs);
        if (query.After is { } after) list.Bind(list.IndexOf("after"), after);
        else list.Bind(list.IndexOf("after"), query.NewestFirst ? BehindAllIds : BeforeAllIds);
    }

    /// <summary>The page, if the jobs are sorted by the wanted strategy and nothing that is due waits for its place; else null.</summary>
    private List<JobRecord>? PageIfPrepared(Session session, PageRequest request)
    {
        if (PartitionOf(session, request.Partition) is not { } partition) return [];
        if (partition.Strategy != request.Strategy) return null;
        if (request.Kind is not PageKind.Due && AnyUnready(session, partition.Id, request.AsOf)) return null;

        var page = OfPartition(session, StatementOf(request.Kind), partition.Id);
        page.Bind(page.IndexOf("limit"), request.MaxJobs);
        page.Bind(page.IndexOf("sequence"), request.From.Sequence);
        if (request.Kind is PageKind.Due) page.Bind(page.IndexOf("run_at"), Times.OfPart(request.From.Major, isTime: true));
        else page.Bind(page.IndexOf("name"), request.Name);
        if (request.Kind is PageKind.Limited) page.Bind(page.IndexOf("limit_key"), request.LimitKey);
        if (request.Kind is PageKind.Ready or PageKind.Limited)
        {
            page.Bind(page.IndexOf("major"), Times.OfPart(request.From.Major, request.Strategy is PollStrategy.RunAtFirst));
            page.Bind(page.IndexOf("minor"), Times.OfPart(request.From.Minor, request.Strategy is PollStrategy.PriorityFirst));
        }

        return RecordReader.ReadAll(page, QueueOf(session));
    }

    private static string StatementOf(PageKind kind) => kind switch
    {
        PageKind.Due => "page_due",
        PageKind.Ready => "page_ready",
        PageKind.Limited => "page_limited",
        _ => "page_group",
    };

    private static bool AnyUnready(Session session, long partition, DateTimeOffset asOf)
    {
        var due = OfPartition(session, "any_due", partition);
        due.Bind(due.IndexOf("as_of"), Times.Of(asOf));
        return Rows(due, row => row.Int64(0))[0] != 0;
    }

    private static bool Prepare(Session session, PageRequest request)
    {
        if (PartitionOf(session, request.Partition) is not { } partition) return false;
        if (partition.Strategy != request.Strategy)
        {
            foreach (var name in (ReadOnlySpan<string>)["reorder", "reorder_partition"])
            {
                var reorder = OfPartition(session, name, partition.Id);
                reorder.Bind(reorder.IndexOf("strategy"), (int)request.Strategy);
                reorder.Execute();
            }
        }

        var promote = OfPartition(session, "promote_due", partition.Id);
        promote.Bind(promote.IndexOf("as_of"), Times.Of(request.AsOf));
        return promote.Execute() > 0;
    }

    private static (long Id, PollStrategy Strategy)? PartitionOf(Session session, PartitionKey partition)
    {
        var load = session["load_partition"];
        load.Bind(load.IndexOf("queue"), partition.Queue.Value);
        load.Bind(load.IndexOf("number"), partition.Number);
        var rows = Rows(load, row => (row.Int64(0), (PollStrategy)row.Int32(1)));
        return rows.Count == 0 ? null : rows[0];
    }

    private static Statement OfPartition(Session session, string name, long partition)
    {
        var statement = session[name];
        statement.Bind(statement.IndexOf("partition"), partition);
        return statement;
    }

    private static List<T> Rows<T>(Statement statement, Func<Statement, T> read)
    {
        var rows = new List<T>();
        while (statement.Step()) rows.Add(read(statement));
        return rows;
    }

    /// <summary>The queue of a partition's row: partitions never change theirs, so they are read once.</summary>
    private Func<long, QueueName> QueueOf(Session session) => id =>
    {
        if (_queues.TryGetValue(id, out var known)) return known;
        foreach (var (partition, queue) in Rows(session["partition_names"], row => (row.Int64(0), row.Text(1)!))) _queues[partition] = queue;
        return _queues[id];
    };
}
