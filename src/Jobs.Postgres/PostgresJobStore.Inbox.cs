using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <content>Jobs that callers put in by transactions of their own.</content>
public sealed partial class PostgresJobStore : IInboxStore
{
    /// <summary>How often the listener's connection says something, so that one that is lost is noticed.</summary>
    private const int KeepAliveSeconds = 30;

    /// <inheritdoc/>
    public async ValueTask DescribeQueueAsync(QueueName queue, int partitions, CancellationToken cancellation)
    {
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        await ExecuteAsync(
            _sql.Inbox.Describe,
            p =>
            {
                p.AddWithValue("queue", queue.Value);
                p.AddWithValue("partitions", partitions);
            },
            cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PartitionKey>> ListInboxAsync(CancellationToken cancellation)
    {
        var rows = await QueryAsync(_sql.Inbox.List, _ => { }, InboxReader.TryReadPartition, cancellation).ConfigureAwait(false);
        return [.. rows.OfType<PartitionKey>()];
    }

    /// <inheritdoc/>
    public async ValueTask<InboxPage> LoadInboxAsync(PartitionKey partition, long after, int maxJobs, CancellationToken cancellation)
    {
        var rows = await QueryAsync(
            _sql.Inbox.Load,
            p =>
            {
                p.AddWithValue("queue", partition.Queue.Value);
                p.AddWithValue("number", partition.Number);
                p.AddWithValue("after", after);
                p.AddWithValue("limit", maxJobs);
            },
            row => InboxReader.TryRead(row, partition),
            cancellation).ConfigureAwait(false);
        return new InboxPage(
            [.. rows.Select(r => r.Job).OfType<JobRecord>()],
            [.. rows.Select(r => r.Unreadable).OfType<UnreadableInboxJob>()],
            rows.Count < maxJobs ? null : rows[^1].Place);
    }

    /// <inheritdoc/>
    public async ValueTask<JobRecord?> FindInInboxAsync(JobId id, CancellationToken cancellation)
    {
        var jobs = await FindManyInInboxAsync([id], cancellation).ConfigureAwait(false);
        return jobs.Count == 0 ? null : jobs[0];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JobRecord>> FindManyInInboxAsync(IReadOnlyList<JobId> ids, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return await QueryAsync(
            _sql.Inbox.Find, p => p.AddWithValue("ids", ids.Select(id => id.ToGuid()).ToArray()), InboxReader.Read, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JobId>> DropExistingAsync(IReadOnlyList<JobId> ids, CancellationToken cancellation) => await QueryAsync(
        _sql.Inbox.Drop,
        p => p.Bind("ids", ids.Select(id => id.ToGuid()).ToArray(), NpgsqlDbType.Uuid),
        row => JobId.FromGuid(row.GetGuid(0)),
        cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task ListenAsync(Action<PartitionKey?> arrived, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(arrived);
        for (var pause = FirstPause; !cancellation.IsCancellationRequested; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await ListenOnceAsync(arrived, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (IsFateUnknown(e))
            {
                // Whoever waits for jobs looks now and then by himself, too.
                await Task.Delay(pause, _clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task ListenOnceAsync(Action<PartitionKey?> arrived, CancellationToken cancellation)
    {
        // Its own, because one that goes back to a pool would go on listening there.
        var text = new NpgsqlConnectionStringBuilder(_connectionString) { Pooling = false, KeepAlive = KeepAliveSeconds, Enlist = false };
        var connection = new NpgsqlConnection(text.ConnectionString);
        await using var closing = connection.ConfigureAwait(false);
        connection.Notification += (_, told) => arrived(InboxChannel.Parse(told.Payload));
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        var listen = new NpgsqlCommand($"listen {InboxChannel.NameOf(_options.Schema)}", connection);
        await using var disposing = listen.ConfigureAwait(false);
        await listen.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);

        // What came before was told to nobody.
        arrived(null);
        while (true) await connection.WaitAsync(cancellation).ConfigureAwait(false);
    }
}
