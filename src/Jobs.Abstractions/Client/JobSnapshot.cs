namespace Jobs;

/// <summary>A job as it was at one moment; it does not change afterwards.</summary>
public sealed record JobSnapshot
{
    /// <summary>The job.</summary>
    public required JobId Id { get; init; }

    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    /// <summary>The queue.</summary>
    public required QueueName Queue { get; init; }

    /// <summary>Where the job stands.</summary>
    public required JobState State { get; init; }

    /// <summary>Why it is in this state, if there is more to say than the state's name; otherwise null.</summary>
    public string? Reason { get; init; }

    /// <summary>How urgent it is.</summary>
    public Priority Priority { get; init; }

    /// <summary>The payload as it is stored: encoded, and encrypted if the service encrypts; <see cref="JobClientExtensions.PayloadOf"/> reads it.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>When the payload was removed while the record stayed; null if it is there. Without it the job cannot be retried.</summary>
    public DateTimeOffset? PayloadPrunedAt { get; init; }

    /// <summary>The media type of payload and result; it ends with <c>;encrypted</c> if they are stored encrypted.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>The result as it is stored; null if there is none. <see cref="JobClientExtensions.ResultOf"/> reads it.</summary>
    public ReadOnlyMemory<byte>? Result { get; init; }

    /// <summary>When it was enqueued.</summary>
    public DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>When it is or was due.</summary>
    public DateTimeOffset RunAt { get; init; }

    /// <summary>When its latest attempt started; null before the first.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it became final; null before.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The attempt that runs, or ran last, or comes next; from 1.</summary>
    public int Attempt { get; init; }

    /// <summary>Attempts including the first.</summary>
    public int MaxAttempts { get; init; }

    /// <summary>Attempts that failed.</summary>
    public int Failures { get; init; }

    /// <summary>How often it was handed to a worker; deliveries of a job that it replaced (<see cref="JobIdScope.Live"/>) count.</summary>
    public int Deliveries { get; init; }

    /// <summary>How often the worker was lost while it ran.</summary>
    public int LostDeliveries { get; init; }

    /// <summary>The worker that runs it, or ran it last.</summary>
    public string? Worker { get; init; }

    /// <summary>Its key of uniqueness.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>Its group.</summary>
    public string? GroupKey { get; init; }

    /// <summary>What limits with <see cref="RunLimit.PerKey"/> count it under.</summary>
    public string? LimitKey { get; init; }

    /// <summary>
    /// The name of a limit that has no room for the pending job at this moment; null if there is none, or if whoever answers does not know.
    /// </summary>
    public string? WaitsForLimit { get; init; }

    /// <summary>The request it belongs to.</summary>
    public string? RequestId { get; init; }

    /// <summary>The W3C trace context it was enqueued under.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The vendors' part of the trace context (<c>tracestate</c>).</summary>
    public string? TraceState { get; init; }

    /// <summary>The user on whose behalf it was enqueued; null if it was not told.</summary>
    public string? User { get; init; }

    /// <summary>The version of the code that enqueued it; null if it was not told.</summary>
    public string? EnqueuedCodeVersion { get; init; }

    /// <summary>The version of the code that runs it, or ran its latest attempt; null before the first.</summary>
    public string? RanCodeVersion { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The errors of its attempts, oldest first.</summary>
    public IReadOnlyList<JobError> Errors { get; init; } = [];

    /// <summary>What its handler wrote.</summary>
    public IReadOnlyList<JobLogLine> Log { get; init; } = [];

    /// <summary>How far it has come; null if its handler reports nothing.</summary>
    public JobProgress? Progress { get; init; }

    /// <summary>The latest error; null if there is none.</summary>
    public JobError? LastError => Errors.Count == 0 ? null : Errors[^1];
}
