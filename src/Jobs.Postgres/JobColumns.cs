using System.Runtime.InteropServices;
using System.Text.Json;
using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>Records as one array for each column, which one statement unnests.</summary>
internal sealed class JobColumns(int count)
{
    private readonly Guid[] _id = new Guid[count];
    private readonly int[] _partition = new int[count];
    private readonly string[] _task = new string[count];
    private readonly short[] _state = new short[count];
    private readonly int[] _priority = new int[count];
    private readonly DateTime[] _runAt = new DateTime[count];
    private readonly long[] _sequence = new long[count];
    private readonly long[] _major = new long[count];
    private readonly long[] _minor = new long[count];
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

    internal void Add(JobRecord job, int partition, PollStrategy strategy)
    {
        var i = _next++;
        var order = OrderKey.Ready(job, strategy);
        _id[i] = job.Id.ToGuid();
        _partition[i] = partition;
        _task[i] = job.Terms.Task;
        _state[i] = (short)job.State;
        _priority[i] = job.Priority.Urgency;
        _runAt[i] = job.RunAt.UtcDateTime;
        _sequence[i] = job.Sequence;
        _major[i] = StoredOrder.Of(order.Major, strategy is PollStrategy.RunAtFirst);
        _minor[i] = StoredOrder.Of(order.Minor, strategy is PollStrategy.PriorityFirst);
        _enqueuedAt[i] = job.EnqueuedAt.UtcDateTime;
        _uniqueKey[i] = job.UniqueKey is { } key ? KeyOf(job.Terms.Queue, key) : null;
        _groupKey[i] = job.Terms.GroupKey;
        _tags[i] = job.Terms.Tags.Count == 0 ? null : JsonSerializer.Serialize(job.Terms.Tags);
        _failures[i] = job.Failures;
        _deliveries[i] = job.Deliveries;
        _lost[i] = job.LostDeliveries;
        _lastAttempt[i] = job.LastAttempt;
        _worker[i] = job.Worker;
        _startedAt[i] = job.StartedAt?.UtcDateTime;
        _payload[i] = job.State is JobState.Completed && !job.Terms.Retention.KeepPayload ? [] : Bytes(job.Payload);
        _terms[i] = StoredText.OfTerms(job.Terms);
        _notes[i] = StoredText.OfNotes(job.Notes);
        if (job.FinishedAt is not { } finished) return;
        _finishedAt[i] = finished.UtcDateTime;
        var keep = job.Terms.Retention.KeepFor;
        _keepUntil[i] = DateTime.MaxValue - finished.UtcDateTime > keep ? finished.UtcDateTime + keep : DateTime.MaxValue;
        _result[i] = job.Result is { } result ? Bytes(result) : null;
    }

    internal static string KeyOf(QueueName queue, string key) => $"{queue}/{key}";

    internal void BindTo(NpgsqlParameterCollection parameters, bool finished)
    {
        Bind(parameters, "id", _id, NpgsqlDbType.Uuid);
        Bind(parameters, "partition_id", _partition, NpgsqlDbType.Integer);
        Bind(parameters, "task", _task, NpgsqlDbType.Text);
        Bind(parameters, "state", _state, NpgsqlDbType.Smallint);
        Bind(parameters, "priority", _priority, NpgsqlDbType.Integer);
        Bind(parameters, "run_at", _runAt, NpgsqlDbType.TimestampTz);
        Bind(parameters, "sequence", _sequence, NpgsqlDbType.Bigint);
        Bind(parameters, "enqueued_at", _enqueuedAt, NpgsqlDbType.TimestampTz);
        Bind(parameters, "unique_key", _uniqueKey, NpgsqlDbType.Text);
        Bind(parameters, "group_key", _groupKey, NpgsqlDbType.Text);
        Bind(parameters, "tags", _tags, NpgsqlDbType.Text);
        Bind(parameters, "failures", _failures, NpgsqlDbType.Integer);
        Bind(parameters, "deliveries", _deliveries, NpgsqlDbType.Integer);
        Bind(parameters, "lost_deliveries", _lost, NpgsqlDbType.Integer);
        Bind(parameters, "last_attempt", _lastAttempt, NpgsqlDbType.Integer);
        Bind(parameters, "worker", _worker, NpgsqlDbType.Text);
        Bind(parameters, "started_at", _startedAt, NpgsqlDbType.TimestampTz);
        Bind(parameters, "payload", _payload, NpgsqlDbType.Bytea);
        Bind(parameters, "terms", _terms, NpgsqlDbType.Text);
        Bind(parameters, "notes", _notes, NpgsqlDbType.Text);
        if (finished)
        {
            Bind(parameters, "finished_at", _finishedAt, NpgsqlDbType.TimestampTz);
            Bind(parameters, "keep_until", _keepUntil, NpgsqlDbType.TimestampTz);
            Bind(parameters, "result", _result, NpgsqlDbType.Bytea);
        }
        else
        {
            Bind(parameters, "major", _major, NpgsqlDbType.Bigint);
            Bind(parameters, "minor", _minor, NpgsqlDbType.Bigint);
        }
    }

    private static void Bind<T>(NpgsqlParameterCollection parameters, string name, T[] values, NpgsqlDbType type) =>
        parameters.Add(new NpgsqlParameter<T[]>(name, NpgsqlDbType.Array | type) { TypedValue = values });

    private static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : memory.ToArray();
}
