namespace Jobs;

/// <summary>What a handler sees of the job it runs. The lease is renewed by the worker; a handler need not care.</summary>
public abstract class JobContext
{
    /// <summary>The job.</summary>
    public abstract JobId Id { get; }

    /// <summary>The task's name.</summary>
    public abstract string Task { get; }

    /// <summary>The queue.</summary>
    public abstract QueueName Queue { get; }

    /// <summary>Which attempt this is, from 1. A reschedule by the handler itself uses none.</summary>
    public abstract int Attempt { get; }

    /// <summary>Attempts including the first.</summary>
    public abstract int MaxAttempts { get; }

    /// <summary>When the timeout of this attempt is reached; null without a timeout.</summary>
    public abstract DateTimeOffset? Deadline { get; }

    /// <summary>Fires when the job is cancelled, its timeout is reached, or the process stops and its drain time is over.</summary>
    public abstract CancellationToken Cancellation { get; }

    /// <summary>The name of the worker that runs the job.</summary>
    public abstract string Worker { get; }

    /// <summary>When the job was enqueued.</summary>
    public abstract DateTimeOffset EnqueuedAt { get; }

    /// <summary>The payload as it was encoded, decrypted if it is stored encrypted.</summary>
    /// <exception cref="PayloadEncryptionException">It cannot be decrypted.</exception>
    public abstract ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The headers that were given at enqueue.</summary>
    public abstract IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The labels that were given at enqueue.</summary>
    public abstract IReadOnlyList<string> Tags { get; }

    /// <summary>The request this job belongs to.</summary>
    public abstract string RequestId { get; }

    /// <summary>The W3C trace context that the job was enqueued under; null without one.</summary>
    public abstract string? TraceParent { get; }

    /// <summary>The vendors' part of the trace context (<c>tracestate</c>); null without one.</summary>
    public virtual string? TraceState => null;

    /// <summary>The user on whose behalf the job was enqueued; null if it was not told.</summary>
    public virtual string? User => null;

    /// <summary>The version of the code that enqueued the job; null if it was not told.</summary>
    public virtual string? EnqueuedCodeVersion => null;

    /// <summary>The version of the code that runs this attempt; null if it is not known.</summary>
    public virtual string? CodeVersion => null;

    /// <summary>The error of the attempt before; null on the first.</summary>
    public abstract JobError? LastError { get; }

    /// <summary>The services of this run: a scope of its own, made on first use and disposed at the end of the run.</summary>
    public abstract IServiceProvider Services { get; }

    /// <summary>What the store offers to this run, such as the transaction of a transactional handler; null if it offers nothing of that type.</summary>
    public virtual T? Feature<T>()
        where T : class => null;

    /// <summary>The schedule that this job is an occurrence of, or that somebody triggered; null for other jobs.</summary>
    public ScheduleId? Schedule =>
        Headers.TryGetValue(ScheduleHeaders.Schedule, out var id) && !string.IsNullOrEmpty(id) ? new ScheduleId(id) : (ScheduleId?)null;

    /// <summary>The time of that occurrence, jitter and lateness left out, or when it was triggered; null for other jobs.</summary>
    public DateTimeOffset? ScheduledTime => ScheduleHeaders.ReadTime(Headers);

    /// <summary>Tells how far the job has come; seen in its snapshot while it runs and after.</summary>
    /// <param name="percent">0 to 100; other values are moved to the nearer end.</param>
    /// <param name="text">What is being done.</param>
    public abstract void ReportProgress(double percent, string? text = null);

    /// <summary>Adds a line to the job's log, which is kept with the job.</summary>
    public abstract void Log(string text);

    /// <summary>Sets the job's result from a handler that returns none; the last call wins, and a failed attempt forgets it.</summary>
    /// <exception cref="PayloadEncodingException">The value cannot be encoded.</exception>
    public abstract void CaptureResult<T>(T value);
}
