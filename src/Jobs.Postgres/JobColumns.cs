using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>Finished records as one array for each column, which one statement unnests.</summary>
internal sealed class JobColumns(int count)
{
    private readonly Guid[] _id = new Guid[count];
    private readonly int[] _partition = new int[count];
    private readonly string[] _task = new string[count];
    private readonly short[] _state = new short[count];
    private readonly int[] _priority = new int[count];
    private readonly DateTime[] _runAt = new DateTime[count];
    private readonly long[] _sequence = new long[count];
    private readonly DateTime[] _enqueuedAt = new DateTime[count];
    private readonly string?[] _uniqueKey = new string?[count];
    private readonly string?[] _groupKey = new string?[count];
    private readonly string?[] _tags = new string?[count];
    private readonly int[] _failures = new int[count];
    private readonly int[] _deliveries = new int[count];
    private readonly int[] _lost = new int[count];
    private readonly int[] _lastAttempt = new int[count];
    private readonly string?[] _worker = new string?[count];
    private readonly DateTime?[] _startedAt = new DateTime?[count];
    private readonly byte[][] _payload = new byte[count][];
    private readonly string[] _terms = new string[count];
    private readonly string?[] _notes = new string?[count];
    private readonly DateTime[] _finishedAt = new DateTime[count];
    private readonly DateTime[] _keepUntil = new DateTime[count];
    private readonly byte[]?[] _result = new byte[]?[count];
    private int _next;

    internal void Add(JobRecord job, int partition)
    {
        var i = _next++;
        _id[i] = job.Id.ToGuid();
        _partition[i] = partition;
        _task[i] = job.Terms.Task;
        _state[i] = (short)job.State;
        _priority[i] = job.Priority.Urgency;
        _runAt[i] = job.RunAt.UtcDateTime;
        _sequence[i] = job.Sequence;
        _enqueuedAt[i] = job.EnqueuedAt.UtcDateTime;
        _uniqueKey[i] = job.UniqueKey is { } key ? KeyOf(job.Terms.Queue, key) : null;
        _groupKey[i] = job.Terms.GroupKey;
        _tags[i] = StoredText.OfTags(job.Terms.Tags);
        _failures[i] = job.Failures;
        _deliveries[i] = job.Deliveries;
        _lost[i] = job.LostDeliveries;
        _lastAttempt[i] = job.LastAttempt;
        _worker[i] = job.Worker;
        _startedAt[i] = job.StartedAt?.UtcDateTime;
        _payload[i] = job.State is JobState.Completed && !job.Terms.Retention.KeepPayload ? [] : ColumnBinding.Bytes(job.Payload);
        _terms[i] = StoredText.OfTerms(job.Terms);
        _notes[i] = StoredText.OfNotes(job.Notes);
        _finishedAt[i] = job.FinishedAt!.Value.UtcDateTime;
        _keepUntil[i] = ColumnBinding.KeepUntil(_finishedAt[i], job.Terms.Retention.KeepFor);
        _result[i] = job.Result is { } result ? ColumnBinding.Bytes(result) : null;
    }

    internal static string KeyOf(QueueName queue, string key) => $"{queue}/{key}";

    internal void BindTo(NpgsqlParameterCollection parameters)
    {
        parameters.Bind("id", _id, NpgsqlDbType.Uuid);
        parameters.Bind("partition_id", _partition, NpgsqlDbType.Integer);
        parameters.Bind("task", _task, NpgsqlDbType.Text);
        parameters.Bind("state", _state, NpgsqlDbType.Smallint);
        parameters.Bind("priority", _priority, NpgsqlDbType.Integer);
        parameters.Bind("run_at", _runAt, NpgsqlDbType.TimestampTz);
        parameters.Bind("sequence", _sequence, NpgsqlDbType.Bigint);
        parameters.Bind("enqueued_at", _enqueuedAt, NpgsqlDbType.TimestampTz);
        parameters.Bind("unique_key", _uniqueKey, NpgsqlDbType.Text);
        parameters.Bind("group_key", _groupKey, NpgsqlDbType.Text);
        parameters.Bind("tags", _tags, NpgsqlDbType.Text);
        parameters.Bind("failures", _failures, NpgsqlDbType.Integer);
        parameters.Bind("deliveries", _deliveries, NpgsqlDbType.Integer);
        parameters.Bind("lost_deliveries", _lost, NpgsqlDbType.Integer);
        parameters.Bind("last_attempt", _lastAttempt, NpgsqlDbType.Integer);
        parameters.Bind("worker", _worker, NpgsqlDbType.Text);
        parameters.Bind("started_at", _startedAt, NpgsqlDbType.TimestampTz);
        parameters.Bind("payload", _payload, NpgsqlDbType.Bytea);
        parameters.Bind("terms", _terms, NpgsqlDbType.Text);
        parameters.Bind("notes", _notes, NpgsqlDbType.Text);
        parameters.Bind("finished_at", _finishedAt, NpgsqlDbType.TimestampTz);
        parameters.Bind("keep_until", _keepUntil, NpgsqlDbType.TimestampTz);
        parameters.Bind("result", _result, NpgsqlDbType.Bytea);
    }
}
