namespace Jobs.Core;

/// <summary>What was agreed when a job was enqueued and does not change; jobs enqueued alike share one.</summary>
public sealed record JobTerms
{
    private WrittenTerms _written;

    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    /// <summary>The queue.</summary>
    public required QueueName Queue { get; init; }

    /// <summary>The media type of payload and result.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Attempts including the first, at least 1.</summary>
    public int MaxAttempts { get; init; } = JobOptions.DefaultMaxAttempts;

    /// <summary>The delay between attempts; null means the task's, as the worker knows it.</summary>
    public RetryPolicy? Backoff { get; init; }

    /// <summary>How long one attempt may run; null means without limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The group that runs one at a time and in order; null for none.</summary>
    public string? GroupKey { get; init; }

    /// <summary>What limits for each key count the job under; null for none.</summary>
    public string? LimitKey { get; init; }

    /// <summary>How long the finished record is kept.</summary>
    public RetentionPolicy Retention { get; init; } = RetentionPolicy.Default;

    /// <summary>What a thrown exception does.</summary>
    public ExceptionPolicy OnException { get; init; }

    /// <summary>What becomes of the job when its attempts are used up.</summary>
    public ExhaustedAction OnExhausted { get; init; }

    /// <summary>Whether a delivery whose worker died counts as an attempt.</summary>
    public bool CountLostDeliveries { get; init; } = true;

    /// <summary>The request the job belongs to.</summary>
    public string? RequestId { get; init; }

    /// <summary>
    /// The call that enqueued the job, if its answer may be lost and its id be used again: it tells the job from others with all else alike.
    /// </summary>
    public string? CallId { get; init; }

    /// <summary>The W3C trace context the job was enqueued under.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The vendors' part of the trace context; null for none.</summary>
    public string? TraceState { get; init; }

    /// <summary>The user on whose behalf the job was enqueued; null if it was not told.</summary>
    public string? User { get; init; }

    /// <summary>The version of the code that enqueued the job; null if it was not told.</summary>
    public string? CodeVersion { get; init; }

    /// <summary>The labels.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The terms as text, made once.</summary>
    internal string Text(Func<JobTerms, string> write) => _written.Find(this) ?? _written.Keep(this, write(this));
}
