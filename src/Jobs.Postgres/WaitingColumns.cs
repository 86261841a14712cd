using System.Text.Json;
using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>
/// Jobs that enter the hot table. What neighbours have in common, which is nearly everything for jobs of one call, travels once for all of
/// them: both sides spend most of an insert on values otherwise.
/// </summary>
internal sealed class WaitingColumns(int count)
{
    /// <summary>The types of <see cref="ValuesOfOne"/>.</summary>
    internal static readonly NpgsqlDbType[] TypesOfOne =
    [
        NpgsqlDbType.Integer, NpgsqlDbType.Bigint, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Smallint, NpgsqlDbType.Integer,
        NpgsqlDbType.TimestampTz, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.TimestampTz, NpgsqlDbType.Text,
        NpgsqlDbType.Array | NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Integer,
        NpgsqlDbType.Bytea, NpgsqlDbType.Text, NpgsqlDbType.Text,
    ];

    private readonly Guid[] _id = new Guid[count];
    private readonly long[] _sequence = new long[count];
    private readonly byte[][] _payload = new byte[count][];
    private readonly int[] _shared = new int[count];
    private readonly List<int> _number = [];
    private readonly List<int> _partition = [];
    private readonly List<string> _task = [];
    private readonly List<short> _state = [];
    private readonly List<int> _priority = [];
    private readonly List<DateTime> _runAt = [];
    private readonly List<long> _major = [];
    private readonly List<long> _minor = [];
    private readonly List<DateTime> _enqueuedAt = [];
    private readonly List<string?> _uniqueKey = [];
    private readonly List<string?> _groupKey = [];
    private readonly List<string?> _tags = [];
    private readonly List<int> _failures = [];
    private readonly List<int> _deliveries = [];
    private readonly List<int> _lost = [];
    private readonly List<int> _lastAttempt = [];
    private readonly List<string?> _worker = [];
    private readonly List<DateTime?> _startedAt = [];
    private readonly List<string> _terms = [];
    private readonly List<string?> _notes = [];
    private JobRecord? _last;
    private int _lastPartition;
    private int _next;

    internal void Add(JobRecord job, int partition, PollStrategy strategy)
    {
        if (_last is null || partition != _lastPartition || !IsAlike(_last, job)) AddShared(job, partition, strategy);
        var i = _next++;
        _id[i] = job.Id.ToGuid();
        _sequence[i] = job.Sequence;
        _payload[i] = ColumnBinding.Bytes(job.Payload);
        _shared[i] = _number.Count;
    }

    internal void BindTo(NpgsqlParameterCollection parameters)
    {
        parameters.Bind("id", _id, NpgsqlDbType.Uuid);
        parameters.Bind("sequence", _sequence, NpgsqlDbType.Bigint);
        parameters.Bind("payload", _payload, NpgsqlDbType.Bytea);
        parameters.Bind("shared", _shared, NpgsqlDbType.Integer);
        parameters.Bind("number", _number, NpgsqlDbType.Integer);
        parameters.Bind("partition_id", _partition, NpgsqlDbType.Integer);
        parameters.Bind("task", _task, NpgsqlDbType.Text);
        parameters.Bind("state", _state, NpgsqlDbType.Smallint);
        parameters.Bind("priority", _priority, NpgsqlDbType.Integer);
        parameters.Bind("run_at", _runAt, NpgsqlDbType.TimestampTz);
        parameters.Bind("major", _major, NpgsqlDbType.Bigint);
        parameters.Bind("minor", _minor, NpgsqlDbType.Bigint);
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
        parameters.Bind("terms", _terms, NpgsqlDbType.Text);
        parameters.Bind("notes", _notes, NpgsqlDbType.Text);
    }

    /// <summary>True if the job's row has nothing but what a new job without a unique key has.</summary>
    internal static bool IsPlain(JobRecord job) => job is { UniqueKey: null, Worker: null, StartedAt: null } && !job.State.IsFinal();

    /// <summary>One new job, as the values of a statement for one.</summary>
    internal static object?[] ValuesOfOne(int partition, long epoch, JobRecord job, PollStrategy strategy)
    {
        var order = OrderKey.Ready(job, strategy);
        return
        [
            partition, epoch, job.Id.ToGuid(), job.Terms.Task, (short)job.State, job.Priority.Urgency, job.RunAt.UtcDateTime, job.Sequence,
            StoredOrder.Of(order.Major, strategy is PollStrategy.RunAtFirst), StoredOrder.Of(order.Minor, strategy is PollStrategy.PriorityFirst),
            job.EnqueuedAt.UtcDateTime, job.Terms.GroupKey, job.Terms.Tags.Count == 0 ? null : job.Terms.Tags.ToArray(), job.Failures, job.Deliveries,
            job.LostDeliveries, job.LastAttempt, ColumnBinding.Bytes(job.Payload), StoredText.OfTerms(job.Terms), StoredText.OfNotes(job.Notes),
        ];
    }

    /// <summary>Jobs with a unique key or notes are never alike; the terms stand for everything that was agreed on.</summary>
    private static bool IsAlike(JobRecord a, JobRecord b) =>
        ReferenceEquals(a.Terms, b.Terms) && a.State == b.State && a.Priority == b.Priority && a.RunAt == b.RunAt && a.EnqueuedAt == b.EnqueuedAt
        && a.UniqueKey is null && b.UniqueKey is null && a.Notes is null && b.Notes is null && a.Failures == b.Failures
        && a.Deliveries == b.Deliveries && a.LostDeliveries == b.LostDeliveries && a.LastAttempt == b.LastAttempt && a.Worker == b.Worker
        && a.StartedAt == b.StartedAt;

    private void AddShared(JobRecord job, int partition, PollStrategy strategy)
    {
        (_last, _lastPartition) = (job, partition);
        var order = OrderKey.Ready(job, strategy);
        _number.Add(_number.Count + 1);
        _partition.Add(partition);
        _task.Add(job.Terms.Task);
        _state.Add((short)job.State);
        _priority.Add(job.Priority.Urgency);
        _runAt.Add(job.RunAt.UtcDateTime);
        _major.Add(StoredOrder.Of(order.Major, strategy is PollStrategy.RunAtFirst));
        _minor.Add(StoredOrder.Of(order.Minor, strategy is PollStrategy.PriorityFirst));
        _enqueuedAt.Add(job.EnqueuedAt.UtcDateTime);
        _uniqueKey.Add(job.UniqueKey is { } key ? JobColumns.KeyOf(job.Terms.Queue, key) : null);
        _groupKey.Add(job.Terms.GroupKey);
        _tags.Add(job.Terms.Tags.Count == 0 ? null : JsonSerializer.Serialize(job.Terms.Tags));
        _failures.Add(job.Failures);
        _deliveries.Add(job.Deliveries);
        _lost.Add(job.LostDeliveries);
        _lastAttempt.Add(job.LastAttempt);
        _worker.Add(job.Worker);
        _startedAt.Add(job.StartedAt?.UtcDateTime);
        _terms.Add(StoredText.OfTerms(job.Terms));
        _notes.Add(StoredText.OfNotes(job.Notes));
    }
}
