using Microsoft.Extensions.Logging;

namespace Jobs.Postgres;

/// <summary>How an <see cref="OutboxDrain"/> works. Numbers and times that are not positive mean the defaults.</summary>
public sealed class OutboxOptions
{
    private readonly Dictionary<string, OutboxMapping> _mappings = new(StringComparer.Ordinal);

    /// <summary>The table; default <c>outbox</c>.</summary>
    public OutboxTable Table { get; set; } = new();

    /// <summary>Messages that are published by one transaction; default 50.</summary>
    public int BatchMessages { get; set; } = 50;

    /// <summary>How often publishing a message may fail before it is parked; default 10.</summary>
    public int MaxAttempts { get; set; } = 10;

    /// <summary>When a message is due again after its first failure; default 5 seconds. It doubles with each further one, up to an hour.</summary>
    public TimeSpan BaseBackoff { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the loop waits when nothing more was due, or when the database was away; default 5 seconds.</summary>
    public TimeSpan PollTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether the jobs are in another database than the outbox; default false. Then they cannot share a transaction: each job gets an id made of
    /// <see cref="Source"/> and its message's number, so that it is enqueued once for as long as its record is kept.
    /// </summary>
    public bool JobsAreElsewhere { get; set; }

    /// <summary>
    /// What tells this outbox from others that are drained into the same jobs from other databases; default the table's name. Only used if
    /// <see cref="JobsAreElsewhere"/>.
    /// </summary>
    public string? Source { get; set; }

    /// <summary>The clock that decides what is due; default the system's.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Hears of failures; default nobody.</summary>
    public ILogger? Log { get; set; }

    internal IReadOnlyDictionary<string, OutboxMapping> Mappings => _mappings;

    /// <summary>Makes jobs of a task of the messages of a kind. Their payloads are the task's, as JSON; one that cannot be read as such has failed.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="task">The task. Its codec must read JSON; for another one, give a conversion.</param>
    /// <param name="configure">What is said for each job; default nothing.</param>
    /// <exception cref="ArgumentException">The kind is mapped already.</exception>
    public OutboxOptions Map<TPayload>(string kind, TaskDefinition<TPayload> task, Action<OutboxMessage, EnqueueOptions>? configure = null) =>
        Add(kind, new OutboxMapping.AsIs<TPayload>(task, configure));

    /// <summary>Makes jobs of a task of the messages of a kind, with a conversion of the payload; one that throws has failed.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="task">The task.</param>
    /// <param name="convert">Makes the job's payload of a message.</param>
    /// <param name="configure">What is said for each job; default nothing.</param>
    /// <exception cref="ArgumentException">The kind is mapped already.</exception>
    public OutboxOptions Map<TPayload>(
        string kind, TaskDefinition<TPayload> task, Func<OutboxMessage, TPayload> convert, Action<OutboxMessage, EnqueueOptions>? configure = null) =>
        Add(kind, new OutboxMapping.Converted<TPayload>(task, convert, configure));

    internal OutboxOptions WithDefaults()
    {
        var defaults = new OutboxOptions();
        if (BatchMessages <= 0) BatchMessages = defaults.BatchMessages;
        if (MaxAttempts <= 0) MaxAttempts = defaults.MaxAttempts;
        if (BaseBackoff <= TimeSpan.Zero) BaseBackoff = defaults.BaseBackoff;
        if (PollTime <= TimeSpan.Zero) PollTime = defaults.PollTime;
        return this;
    }

    private OutboxOptions Add(string kind, OutboxMapping mapping)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        if (!_mappings.TryAdd(kind, mapping)) throw new ArgumentException($"The kind '{kind}' is mapped already; a message becomes one job.", nameof(kind));
        return this;
    }
}
