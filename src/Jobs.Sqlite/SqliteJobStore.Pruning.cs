using Jobs.Core;

namespace Jobs.Sqlite;

/// <content>History (D6).</content>
public sealed partial class SqliteJobStore
{
    /// <inheritdoc/>
    /// <remarks>One transaction for each call, so that commits come in between.</remarks>
    public ValueTask<int> PruneAsync(PruneRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        return TransactAsync(session => Prune(session, request), cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<HistoryPlace?> FindSizeCutAsync(QueueName queue, JobState state, long maxBytes, CancellationToken cancellation) => ReadAsync(
        session =>
        {
            var size = OfOutcome(session, "prune_bytes", queue, state);
            size.Bind(size.IndexOf("record_bytes"), HistoryLimit.RecordBytes);
            return Rows(size, row => row.Int64(0))[0] <= maxBytes ? null : SizeCut(session, queue, state, HistoryLimit.BytesLeft(maxBytes));
        },
        cancellation);

    private static int Prune(Session session, PruneRequest request)
    {
        var over = session["prune_done"];
        over.Bind(over.IndexOf("as_of"), Times.Of(request.Now));
        over.Bind(over.IndexOf("max_records"), request.MaxRecords);
        var removed = over.Execute();
        foreach (var (queue, limits) in request.Limits)
        {
            foreach (var (state, limit) in limits.Set)
            {
                if (removed < request.MaxRecords) removed += Cut(session, request, queue, state, limit, request.MaxRecords - removed);
                if (removed < request.MaxRecords) removed += Empty(session, request.Now, queue, state, limit, request.MaxRecords - removed);
            }
        }

        return removed;
    }

    private static int Cut(Session session, PruneRequest request, QueueName queue, JobState state, HistoryLimit limit, int most)
    {
        var byNumber = limit.MaxRecords is { } kept ? LastBeyond(session, queue, state, kept) : null;
        if (HistoryPlace.LaterOf(byNumber, request.LastBeyond(queue, state, limit)) is not { } last) return 0;
        var cut = OfOutcome(session, "prune_beyond", queue, state);
        cut.Bind(cut.IndexOf("finished_at"), Times.Of(last.FinishedAt));
        cut.Bind(cut.IndexOf("sequence"), last.Sequence);
        cut.Bind(cut.IndexOf("last_partition"), last.Partition);
        cut.Bind(cut.IndexOf("max_records"), most);
        return cut.Execute();
    }

    private static int Empty(Session session, DateTimeOffset now, QueueName queue, JobState state, HistoryLimit limit, int most)
    {
        if (HistoryPlace.LastOf(limit.MaxPayloadAge, now) is not { } last) return 0;
        var empty = OfOutcome(session, "prune_payloads", queue, state);
        empty.Bind(empty.IndexOf("as_of"), Times.Of(now));
        empty.Bind(empty.IndexOf("finished_at"), Times.Of(last.FinishedAt));
        empty.Bind(empty.IndexOf("max_records"), most);
        return empty.Execute();
    }

    private static HistoryPlace? LastBeyond(Session session, QueueName queue, JobState state, long kept)
    {
        if (kept is long.MaxValue) return null;
        var cutoff = OfOutcome(session, "prune_cutoff", queue, state);
        cutoff.Bind(cutoff.IndexOf("kept"), kept);
        return PlaceIn(cutoff);
    }

    private static HistoryPlace? SizeCut(Session session, QueueName queue, JobState state, long bytesLeft)
    {
        var cut = OfOutcome(session, "prune_size", queue, state);
        cut.Bind(cut.IndexOf("record_bytes"), HistoryLimit.RecordBytes);
        cut.Bind(cut.IndexOf("bytes_left"), bytesLeft);
        return PlaceIn(cut);
    }

    private static HistoryPlace? PlaceIn(Statement statement)
    {
        var rows = Rows(statement, row => new HistoryPlace(Times.From(row.Int64(0)), row.Int64(1), row.Int32(2)));
        return rows.Count == 0 ? null : rows[0];
    }

    private static Statement OfOutcome(Session session, string name, QueueName queue, JobState state)
    {
        var statement = session[name, "{table}", state is JobState.Dead ? "job_dead" : "job_done"];
        statement.Bind(statement.IndexOf("queue"), queue.Value);
        statement.Bind(statement.IndexOf("state"), (int)state);
        return statement;
    }
}
