namespace Jobs.Core;

/// <summary>A job as the engine and the stores see it; immutable, changed only by <see cref="JobStateMachine"/>.</summary>
public sealed record JobRecord
{
    // Times are kept as UTC ticks: a record is copied three times in a short job's life, and half of it would be offsets of zero.
    // They are whole microseconds, as a database keeps them, so that a job has the same place in an order here and there.
    private readonly long _enqueuedAt;
    private readonly long _runAt;
    private readonly long _startedAt;
    private readonly long _finishedAt;

    /// <summary>The job.</summary>
    public required JobId Id { get; init; }

    /// <summary>What was agreed at enqueue.</summary>
    public required JobTerms Terms { get; init; }

    /// <summary>The payload as it was encoded.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Where the job stands.</summary>
    public required JobState State { get; init; }

    /// <summary>The order in which the partition took jobs; ends every tie.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was enqueued.</summary>
    public required DateTimeOffset EnqueuedAt
    {
        get => new(_enqueuedAt, TimeSpan.Zero);
        init => _enqueuedAt = WholeMicroseconds(value);
    }

    /// <summary>When it is due.</summary>
    public required DateTimeOffset RunAt
    {
        get => new(_runAt, TimeSpan.Zero);
        init => _runAt = WholeMicroseconds(value);
    }

    /// <summary>How urgent it is.</summary>
    public Priority Priority { get; init; }

    /// <summary>The key of uniqueness among unfinished jobs of the queue; null for none.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>Attempts that failed.</summary>
    public int Failures { get; init; }

    /// <summary>How often the job was handed out. The latest number is the fence of its outcome (rule I4).</summary>
    public int Deliveries { get; init; }

    /// <summary>How often the worker was lost while the job ran.</summary>
    public int LostDeliveries { get; init; }

    /// <summary>The number of the attempt that runs or ran last; 0 before the first.</summary>
    public int LastAttempt { get; init; }

    /// <summary>The worker that runs it or ran it last.</summary>
    public string? Worker { get; init; }

    /// <summary>When the latest attempt started.</summary>
    public DateTimeOffset? StartedAt
    {
        get => _startedAt == 0 ? null : new(_startedAt, TimeSpan.Zero);
        init => _startedAt = value is { } at ? WholeMicroseconds(at) : 0;
    }

    /// <summary>When it became final.</summary>
    public DateTimeOffset? FinishedAt
    {
        get => _finishedAt == 0 ? null : new(_finishedAt, TimeSpan.Zero);
        init => _finishedAt = value is { } at ? WholeMicroseconds(at) : 0;
    }

    /// <summary>The result as it was encoded; null for none.</summary>
    public ReadOnlyMemory<byte>? Result { get; init; }

    /// <summary>Errors, log, progress and reason; null for none.</summary>
    public JobNotes? Notes { get; init; }

    /// <summary>When the lease ends under which the job runs; null if it does not run, or under no lease.</summary>
    public DateTimeOffset? LeasedUntil => Notes?.LeasedUntil;

    /// <summary>For how long the worker that runs the job may be silent; null if it does not run, or if somebody tells of the worker's death.</summary>
    public TimeSpan? Heartbeat => Notes?.Heartbeat;

    /// <summary>When the payload was removed while the record stayed; null if the payload is there.</summary>
    public DateTimeOffset? PayloadPrunedAt => State is JobState.Completed && !Terms.Retention.KeepPayload ? FinishedAt : Notes?.PayloadPrunedAt;

    /// <summary>The partition that holds the job.</summary>
    public PartitionKey Partition => new(Terms.Queue, Id.Partition);

    /// <summary>The number that the next attempt has, from 1; a reschedule by the handler uses none.</summary>
    public int NextAttempt => 1 + Failures + (Terms.CountLostDeliveries ? LostDeliveries : 0);

    /// <summary>The version of the code that ran the latest attempt; null before the first, or if it was not told.</summary>
    public string? RanCodeVersion => LastAttempt == 0 ? null : Notes?.CodeVersion ?? Terms.CodeVersion;

    /// <summary>The record of a finished job without its payload.</summary>
    internal JobRecord WithoutPayload(DateTimeOffset since) => this with
    {
        Payload = default,
        Notes = (Notes ?? JobNotes.Empty) with { PayloadPrunedAt = new DateTimeOffset(WholeMicroseconds(since), TimeSpan.Zero) },
    };

    private static long WholeMicroseconds(DateTimeOffset time) => time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond);

    /// <summary>What callers get to see.</summary>
    public JobSnapshot ToSnapshot()
    {
        var notes = Notes ?? JobNotes.Empty;
        return new JobSnapshot
        {
            Id = Id,
            Task = Terms.Task,
            Queue = Terms.Queue,
            State = State,
            Reason = notes.Reason,
            Priority = Priority,
            Payload = Payload,
            PayloadPrunedAt = PayloadPrunedAt,
            ContentType = Terms.ContentType,
            Result = Result,
            EnqueuedAt = EnqueuedAt,
            RunAt = RunAt,
            StartedAt = StartedAt,
            FinishedAt = FinishedAt,
            Attempt = State == JobState.Running || State.IsFinal() ? Math.Max(1, LastAttempt) : NextAttempt,
            MaxAttempts = Terms.MaxAttempts,
            Failures = Failures,
            Deliveries = Deliveries,
            LostDeliveries = LostDeliveries,
            Worker = Worker,
            UniqueKey = UniqueKey,
            GroupKey = Terms.GroupKey,
            LimitKey = Terms.LimitKey,
            RequestId = Terms.RequestId,
            TraceParent = Terms.TraceParent,
            TraceState = Terms.TraceState,
            User = Terms.User,
            EnqueuedCodeVersion = Terms.CodeVersion,
            RanCodeVersion = RanCodeVersion,
            Tags = Terms.Tags,
            Headers = Terms.Headers,
            Errors = notes.Errors,
            Log = notes.Log,
            Progress = notes.Progress,
        };
    }
}
