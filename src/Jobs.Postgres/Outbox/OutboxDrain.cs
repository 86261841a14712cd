using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>
/// Makes jobs of the messages of an outbox, in one pass or as a loop. Several may work on one outbox at once. Safe for many threads.
/// </summary>
/// <remarks>
/// One transaction takes messages that nobody else has, puts the jobs in (<see cref="TransactionalEnqueueExtensions.InTransaction"/>), and removes
/// the messages. So each becomes one job, whatever process is killed when. Nothing is noted of a message that is being published, so nothing is
/// left of that when its process is gone; a failure is counted once, when it has happened.
/// </remarks>
public sealed class OutboxDrain : IAsyncDisposable
{
    private const string Before = "outbox_before";
    private const int MaxErrorChars = 4_000;

    private static readonly TimeSpan LongestBackoff = TimeSpan.FromHours(1);

    private readonly NpgsqlDataSource _database;
    private readonly IJobClient _client;
    private readonly OutboxOptions _options;
    private readonly string? _schema;

    /// <summary>Makes a drain; nothing is opened before the first pass.</summary>
    /// <param name="connectionString">The database that holds the outbox, and the jobs too unless <see cref="OutboxOptions.JobsAreElsewhere"/>.</param>
    /// <param name="client">The client that the jobs are enqueued with, or a <see cref="PostgresJobProducer"/>.</param>
    /// <param name="configure">The table, and which kinds become which tasks.</param>
    /// <param name="schema">The schema of the jobs, as for <see cref="TransactionalEnqueueExtensions.InTransaction"/>.</param>
    public OutboxDrain(string connectionString, IJobClient client, Action<OutboxOptions> configure, string? schema = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(configure);
        _options = new OutboxOptions();
        configure(_options);
        _options.WithDefaults();
        _client = client;
        _schema = schema;
        _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Enlist = false });
    }

    /// <summary>Why the latest try of <see cref="RunAsync"/> to read or write the outbox failed; null while all is well.</summary>
    public Exception? LastError { get; private set; }

    /// <summary>Publishes what is due now, batch after batch, until nothing more is.</summary>
    /// <exception cref="NpgsqlException">The database failed; what was published before stays, and nothing else has changed.</exception>
    public async Task<OutboxPass> DrainAsync(CancellationToken cancellation = default)
    {
        var sum = default(OutboxPass);
        while (true)
        {
            var (published, failed) = await DrainBatchAsync(cancellation).ConfigureAwait(false);
            sum = new OutboxPass(sum.Published + published, sum.Failed + failed);
            if (published + failed < _options.BatchMessages) return sum;
        }
    }

    /// <summary>
    /// Publishes what becomes due until it is cancelled: at once again after a full batch, else after <see cref="OutboxOptions.PollTime"/>. A
    /// database that is away is tried again after that time, too.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await DrainAsync(cancellation).ConfigureAwait(false);
                LastError = null;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LastError = e;
                if (_options.Log is { } log) OutboxLog.PassFailed(log, e, _options.Table.Name, _options.PollTime.TotalSeconds);
            }

            try
            {
                cancellation.ThrowIfCancellationRequested();
                await Task.Delay(_options.PollTime, _options.Clock, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<OutboxPass> DrainBatchAsync(CancellationToken cancellation)
    {
        var connection = await _database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        var now = _options.Clock.GetUtcNow();
        var messages = await TakeAsync(transaction, now, cancellation).ConfigureAwait(false);
        if (messages.Count == 0) return default;
        var failures = new Dictionary<long, string>();
        await PublishAsync(transaction, messages, failures, cancellation).ConfigureAwait(false);
        await RemoveAsync(transaction, [.. messages.Select(m => m.Id).Where(id => !failures.ContainsKey(id))], cancellation).ConfigureAwait(false);
        if (failures.Count > 0) await NoteAsync(transaction, messages, failures, now, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return new OutboxPass(messages.Count - failures.Count, failures.Count);
    }

    private async Task<List<OutboxMessage>> TakeAsync(NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancellation)
    {
        var command = new NpgsqlCommand(_options.Table.Take, transaction.Connection, transaction);
        await using var disposing = command.ConfigureAwait(false);
        command.Parameters.AddWithValue("now", now.UtcDateTime);
        command.Parameters.AddWithValue("limit", _options.BatchMessages);
        var messages = new List<OutboxMessage>();
        var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            messages.Add(new OutboxMessage(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetInt32(4)));
        }

        return messages;
    }

    /// <summary>Publishes messages, all at once if all are well.</summary>
    private async Task PublishAsync(
        NpgsqlTransaction transaction, List<OutboxMessage> messages, Dictionary<long, string> failures, CancellationToken cancellation)
    {
        var good = new List<(OutboxMessage Message, EncodedJob Job)>(messages.Count);
        foreach (var message in messages)
        {
            try
            {
                good.Add((message, JobOf(message)));
            }
            catch (Exception e)
            {
                Fail(message, e, failures);
            }
        }

        if (good.Count == 0 || await TryEnqueueAsync(transaction, [.. good.Select(g => g.Job)], cancellation).ConfigureAwait(false) is null) return;
        foreach (var (message, job) in good)
        {
            if (await TryEnqueueAsync(transaction, [job], cancellation).ConfigureAwait(false) is { } error) Fail(message, error, failures);
        }
    }

    private EncodedJob JobOf(OutboxMessage message)
    {
        if (!_options.Mappings.TryGetValue(message.Kind, out var mapping))
            throw new InvalidOperationException($"No task is mapped to messages of the kind '{message.Kind}'. Map it, or delete the message.");
        var job = mapping.ToJob(message, _client.Codec);
        if (!_options.JobsAreElsewhere) return job;
        var options = job.Options ?? new EnqueueOptions();
        JobDrafts.RequireLastingId(options);
        options.Id = JobId.FromName(OutboxMapping.QueueOf(job), $"outbox {_options.Source ?? _options.Table.Name} {message.Id}");
        return job with { Options = options };
    }

    /// <summary>Enqueues jobs, or none of them; what is wrong with them is returned, and what is wrong with the way to them is thrown.</summary>
    private async Task<Exception?> TryEnqueueAsync(NpgsqlTransaction transaction, EncodedJob[] jobs, CancellationToken cancellation)
    {
        if (_options.JobsAreElsewhere) return await TryEnqueueElsewhereAsync(jobs, cancellation).ConfigureAwait(false);
        await transaction.SaveAsync(Before, cancellation).ConfigureAwait(false);
        try
        {
            await _client.InTransaction(transaction, _schema).EnqueueAsync(jobs, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (IsOfTheJob(e))
        {
            await transaction.RollbackAsync(Before, cancellation).ConfigureAwait(false);
            return e;
        }
    }

    private async Task<Exception?> TryEnqueueElsewhereAsync(EncodedJob[] jobs, CancellationToken cancellation)
    {
        foreach (var job in jobs)
        {
            try
            {
                await _client.EnqueueAsync([job], cancellation).ConfigureAwait(false);
            }
            catch (DuplicateJobException)
            {
                // It was enqueued by a pass that was ended before it could remove the message.
            }
            catch (Exception e) when (IsOfTheJob(e))
            {
                return e;
            }
        }

        return null;
    }

    /// <summary>Whether a job cannot be enqueued for what it is, and not because the database or the service is away.</summary>
    private static bool IsOfTheJob(Exception error) => error switch
    {
        PostgresException e => e.SqlState[..2] is "22" or "23",
        NpgsqlException or IOException or TimeoutException or OperationCanceledException or StoreUnavailableException or CommitFateUnknownException => false,
        ServiceStoppedException or QueueBusyException or QueueOwnedElsewhereException => false,
        _ => true,
    };

    private void Fail(OutboxMessage message, Exception error, Dictionary<long, string> failures)
    {
        var text = error.Message;
        failures[message.Id] = text.Length <= MaxErrorChars ? text : text[..MaxErrorChars];
        if (_options.Log is not { } log) return;
        if (message.Attempts + 1 < _options.MaxAttempts) OutboxLog.MessageFailed(log, error, message.Id, message.Kind, message.Attempts + 1);
        else OutboxLog.MessageParked(log, error, message.Id, message.Kind, message.Attempts + 1);
    }

    private async Task RemoveAsync(NpgsqlTransaction transaction, long[] ids, CancellationToken cancellation)
    {
        var command = new NpgsqlCommand(_options.Table.Published, transaction.Connection, transaction);
        await using var disposing = command.ConfigureAwait(false);
        command.Parameters.Bind("ids", ids, NpgsqlDbType.Bigint);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private async Task NoteAsync(
        NpgsqlTransaction transaction, List<OutboxMessage> messages, Dictionary<long, string> failures, DateTimeOffset now, CancellationToken cancellation)
    {
        var failed = messages.Where(message => failures.ContainsKey(message.Id)).ToList();
        var command = new NpgsqlCommand(_options.Table.Failed, transaction.Connection, transaction);
        await using var disposing = command.ConfigureAwait(false);
        command.Parameters.Bind("ids", failed.Select(m => m.Id).ToArray(), NpgsqlDbType.Bigint);
        command.Parameters.Bind("errors", failed.Select(m => failures[m.Id]).ToArray(), NpgsqlDbType.Text);
        command.Parameters.Bind("retries", failed.Select(m => (now + BackoffAfter(m.Attempts)).UtcDateTime).ToArray(), NpgsqlDbType.TimestampTz);
        command.Parameters.AddWithValue("now", now.UtcDateTime);
        command.Parameters.AddWithValue("max", _options.MaxAttempts);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private TimeSpan BackoffAfter(int failures)
    {
        var seconds = _options.BaseBackoff.TotalSeconds * Math.Pow(2, Math.Min(failures, 60));
        return seconds < LongestBackoff.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongestBackoff;
    }
}
