using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Jobs.Core;

/// <summary>One occurrence of a schedule. Whoever works it out gets the same job: the same id, the same key, the same jitter.</summary>
public sealed record ScheduleOccurrence
{
    /// <summary>
    /// The record of an occurrence's job is kept at least so long, whatever the retention says: it is how somebody who fires the occurrence
    /// again finds out that it has fired.
    /// </summary>
    public static readonly TimeSpan MinRetention = TimeSpan.FromHours(1);

    private readonly ScheduleDefinition _definition;
    private readonly string _name;
    private readonly QueueName _queue;

    /// <summary>Names an occurrence.</summary>
    /// <param name="definition">Its schedule.</param>
    /// <param name="time">Its time, whole milliseconds.</param>
    /// <param name="node">The node that fires it, if each node does.</param>
    /// <param name="queue">The queue of its job; null means the schedule's.</param>
    public ScheduleOccurrence(ScheduleDefinition definition, DateTimeOffset time, string node, QueueName? queue = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(node);
        _definition = definition;
        Time = time;
        _name = $"schedule/{definition.Id}/{ScheduleHeaders.Text(time)}";
        if (definition.Scope is ScheduleScope.EveryNode) _name += "/" + (node.Length <= 100 ? node : Convert.ToHexStringLower(Hash(node)));
        _queue = queue ?? definition.Queue;
        JobId = JobId.FromName(_queue, _name);
    }

    /// <summary>When it is.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The id of its job.</summary>
    public JobId JobId { get; }

    /// <summary>When its job is due: its time and the jitter, drawn from a hash of its name.</summary>
    public DateTimeOffset DueAt
    {
        get
        {
            var span = (long)_definition.Jitter.TotalMilliseconds;
            if (span == 0) return Time;
            var draw = BinaryPrimitives.ReadUInt64BigEndian(Hash(_name)) % (ulong)(span + 1);
            return Times.Add(Time, TimeSpan.FromMilliseconds(draw));
        }
    }

    /// <summary>The job to enqueue.</summary>
    /// <param name="task">The task as this process knows it.</param>
    public EncodedJob ToJob(TaskDefinition task)
    {
        var options = ScheduledJobs.OptionsOf(_definition, Time);
        options.Id = JobId;
        options.Queue = _queue;
        options.UniqueKey = _name;
        options.RunAt = DueAt;
        var kept = options.Retention ?? RetentionPolicy.Default;
        if (kept.KeepFor < MinRetention) options.Retention = kept with { KeepFor = MinRetention };
        return new EncodedJob(task, _definition.Payload, options);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
