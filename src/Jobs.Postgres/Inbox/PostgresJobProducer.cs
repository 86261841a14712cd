using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres;

/// <summary>
/// A client for a process that has a connection to the database and neither serves jobs nor belongs to a cluster. It writes rows that a
/// service takes in, reads what became of jobs, and waits for them by looking now and then. Safe for many threads.
/// </summary>
public sealed class PostgresJobProducer : IJobClient, IAsyncDisposable
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(20);

    private readonly PostgresProducerOptions _options;
    private readonly PostgresJobStore _store;
    private readonly NpgsqlDataSource _database;
    private readonly EnqueueCall _enqueue;

    /// <summary>Makes a producer; nothing is opened before the first call.</summary>
    /// <exception cref="InvalidNameException">The schema's name cannot be used.</exception>
    /// <exception cref="InvalidJobOptionException">An option makes no sense.</exception>
    public PostgresJobProducer(string connectionString, Action<PostgresProducerOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        _options = new PostgresProducerOptions();
        configure?.Invoke(_options);
        _options.Checked();
        _store = new PostgresJobStore(connectionString, new PostgresOptions { Schema = _options.Schema, MigrateAtStart = false }, _options.Clock);
        _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Enlist = false });
        Writer = InboxWriter.Create(
            _options.Schema, _options.Limits, _options.Codec, _options.CodeVersion ?? EntryVersion.Within(_options.Limits), _options.Clock);
        EnqueueMiddleware = [.. _options.EnqueueMiddleware];
        _enqueue = new EnqueueCall(EnqueueMiddleware, WriteAsync);
    }

    /// <inheritdoc/>
    public IPayloadCodec Codec => _options.Codec;

    /// <inheritdoc/>
    public IReadOnlyList<IEnqueueMiddleware> EnqueueMiddleware { get; }

    internal InboxWriter Writer { get; }

    /// <summary>Enqueues jobs in a transaction of its own; see <see cref="TransactionalEnqueueExtensions.InTransaction"/> for one of the caller's.</summary>
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobHandle>> EnqueueAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        return jobs.Count == 0 ? new([]) : _enqueue.RunAsync(jobs, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<JobSnapshot?> FindAsync(JobId id, CancellationToken cancellation = default) =>
        await _store.FindAnywhereAsync(id, cancellation).ConfigureAwait(false) is { } job ? Show(job) : null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.PageJobs is < 1 or > JobQuery.MaxPageJobs)
            throw new InvalidJobOptionException(nameof(JobQuery.PageJobs), query.PageJobs, $"use a number from 1 to {JobQuery.MaxPageJobs}");
        return [.. (await _store.ListAsync(query, _options.Clock.GetUtcNow(), cancellation).ConfigureAwait(false)).Select(Show)];
    }

    /// <inheritdoc/>
    public ValueTask<JobCounts> CountAsync(QueueName? queue = null, CancellationToken cancellation = default) =>
        _store.CountAsync(queue, _options.Clock.GetUtcNow(), cancellation);

    /// <inheritdoc/>
    public ValueTask<JobSnapshot> WaitAsync(JobId id, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        if (timeout < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(timeout), timeout, "use zero or a positive time");
        return ExistingJob.FollowAsync((job, time) => LookAsync(job, time, cancellation), id, timeout);
    }

    /// <summary>Not offered: only the owner of a job's partition changes it.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public ValueTask<JobSnapshot> ApplyAsync(JobId id, JobAction action, CancellationToken cancellation = default) => throw ChangesNothing();

    /// <summary>Not offered: only the owner of a job's partition changes it.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public ValueTask<int> ApplyAsync(JobFilter filter, JobAction action, CancellationToken cancellation = default) => throw ChangesNothing();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
    }

    private static NotSupportedException ChangesNothing() =>
        new("A producer writes new jobs and reads; it changes none. Use the client of an embedded service or of a cluster for that.");

    private async ValueTask<IReadOnlyList<JobHandle>> WriteAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        var connection = await _database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        var ids = await Writer.WriteAsync(connection, transaction, jobs, static _ => { }, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return [.. ids.Select(id => new JobHandle(this, id))];
    }

    private async ValueTask<JobSnapshot> LookAsync(JobId id, TimeSpan? timeout, CancellationToken cancellation)
    {
        var started = _options.Clock.GetTimestamp();
        for (var pause = FirstLook; ; pause = pause * 2 < _options.PollTime ? pause * 2 : _options.PollTime)
        {
            var job = await FindAsync(id, cancellation).ConfigureAwait(false) ?? throw new JobNotFoundException(id);
            if (job.State.IsFinal()) return job;
            var left = timeout - _options.Clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) throw new JobWaitTimeoutException(id, timeout!.Value);
            await Task.Delay(left < pause ? left.Value : pause, _options.Clock, cancellation).ConfigureAwait(false);
        }
    }

    private JobSnapshot Show(JobRecord job) => job.ToSnapshot() with { State = JobFilters.StateAt(job, _options.Clock.GetUtcNow()) };
}
