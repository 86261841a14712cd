using System.Collections.Immutable;
using System.Text.Json;

namespace Jobs.Core;

/// <summary>
/// The parts of a record that a database keeps as one JSON text: the terms (without task, queue, group and tags, which have columns)
/// and the notes. Only what differs from the default is written, so most jobs have short terms and no notes.
/// </summary>
public static class StoredText
{
    /// <summary>The terms as text. Jobs of one call share their terms, so they share the text too.</summary>
    public static string OfTerms(JobTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return terms.Text(static t => JsonSerializer.Serialize(Terms.From(t), StoredTextContext.Default.Terms));
    }

    /// <summary>A limit key as it stands between quotes at the end of the terms that <see cref="OfTerms"/> writes.</summary>
    public static string OfLimitKey(string limitKey) => JsonEncodedText.Encode(limitKey).ToString();

    /// <summary>The terms from text and columns.</summary>
    public static JobTerms ToTerms(string text, string task, QueueName queue, string? groupKey, IReadOnlyList<string>? tags) =>
        JsonSerializer.Deserialize(text, StoredTextContext.Default.Terms)!.ToTerms(task, queue, groupKey, tags ?? []);

    /// <summary>The notes as text; null for none.</summary>
    public static string? OfNotes(JobNotes? notes) => notes is null
        ? null
        : JsonSerializer.Serialize(
            new Notes(
                [.. notes.Errors], [.. notes.Log], notes.Progress, notes.Reason, notes.CodeVersion, notes.LeasedUntil, notes.Heartbeat?.TotalMilliseconds),
            StoredTextContext.Default.Notes);

    /// <summary>The notes from text.</summary>
    public static JobNotes? ToNotes(string? text)
    {
        if (text is null) return null;
        var notes = JsonSerializer.Deserialize(text, StoredTextContext.Default.Notes)!;
        return new JobNotes
        {
            Errors = notes.Errors?.ToImmutableList() ?? [],
            Log = notes.Log?.ToImmutableList() ?? [],
            Progress = notes.Progress,
            Reason = notes.Reason,
            CodeVersion = notes.CodeVersion,
            LeasedUntil = notes.LeasedUntil,
            Heartbeat = notes.HeartbeatMs is { } heartbeat ? TimeSpan.FromMilliseconds(heartbeat) : null,
        };
    }

    /// <summary>Tags as text; null for none.</summary>
    public static string? OfTags(IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        return tags.Count == 0 ? null : JsonSerializer.Serialize(tags, StoredTextContext.Default.IReadOnlyListString);
    }

    /// <summary>Tags from text; null if there are none.</summary>
    public static IReadOnlyList<string>? ToTags(string? text) =>
        text is null ? null : JsonSerializer.Deserialize(text, StoredTextContext.Default.IReadOnlyListString);

    internal sealed record Notes(
        JobError[]? Errors, JobLogLine[]? Log, JobProgress? Progress, string? Reason, string? CodeVersion, DateTimeOffset? LeasedUntil,
        double? HeartbeatMs);

    internal sealed record Backoff(double? BaseMs, double? Factor, double? CapMs, double? Jitter, int? FirstExponent)
    {
        internal static Backoff? From(RetryPolicy? policy) => policy switch
        {
            RetryPolicy.ExponentialRetry e =>
                new(e.BaseDelay.TotalMilliseconds, e.Factor, e.Cap.TotalMilliseconds, e.Jitter, e.FirstExponent),
            RetryPolicy.ConstantRetry c => new(c.Delay.TotalMilliseconds, null, null, c.Jitter, null),
            _ => null,
        };

        internal RetryPolicy ToPolicy() => Factor is { } factor
            ? RetryPolicy.Exponential(
                TimeSpan.FromMilliseconds(BaseMs ?? 0), factor, TimeSpan.FromMilliseconds(CapMs ?? 0), Jitter ?? 0, FirstExponent ?? 0)
            : RetryPolicy.Constant(TimeSpan.FromMilliseconds(BaseMs ?? 0), Jitter ?? 0);
    }

    /// <summary>The limit key stays last: PostgreSQL has an index on it and finds it there.</summary>
    internal sealed record Terms(
        string? Type, int? MaxAttempts, Backoff? Backoff, double? TimeoutMs, double? KeepForMs, bool DropPayload, ExceptionPolicy OnException,
        ExhaustedAction OnExhausted, bool IgnoreLostDeliveries, string? RequestId, string? TraceParent, IReadOnlyDictionary<string, string>? Headers,
        string? CodeVersion, string? TraceState, string? User, string? CallId, string? LimitKey)
    {
        internal static Terms From(JobTerms terms) => new(
            terms.ContentType == "application/json" ? null : terms.ContentType,
            terms.MaxAttempts == JobOptions.DefaultMaxAttempts ? null : terms.MaxAttempts,
            StoredText.Backoff.From(terms.Backoff),
            terms.Timeout?.TotalMilliseconds,
            terms.Retention.KeepFor == RetentionPolicy.Default.KeepFor ? null : terms.Retention.KeepFor.TotalMilliseconds,
            !terms.Retention.KeepPayload,
            terms.OnException,
            terms.OnExhausted,
            !terms.CountLostDeliveries,
            terms.RequestId,
            terms.TraceParent,
            terms.Headers.Count == 0 ? null : terms.Headers,
            terms.CodeVersion,
            terms.TraceState,
            terms.User,
            terms.CallId,
            terms.LimitKey);

        internal JobTerms ToTerms(string task, QueueName queue, string? groupKey, IReadOnlyList<string> tags) => new()
        {
            Task = task,
            Queue = queue,
            ContentType = Type ?? "application/json",
            MaxAttempts = MaxAttempts ?? JobOptions.DefaultMaxAttempts,
            Backoff = Backoff?.ToPolicy(),
            Timeout = TimeoutMs is { } timeout ? TimeSpan.FromMilliseconds(timeout) : null,
            GroupKey = groupKey,
            Retention = new RetentionPolicy(
                KeepForMs is { } keep ? TimeSpan.FromMilliseconds(keep) : RetentionPolicy.Default.KeepFor, !DropPayload),
            OnException = OnException,
            OnExhausted = OnExhausted,
            CountLostDeliveries = !IgnoreLostDeliveries,
            RequestId = RequestId,
            TraceParent = TraceParent,
            CodeVersion = CodeVersion,
            TraceState = TraceState,
            User = User,
            CallId = CallId,
            LimitKey = LimitKey,
            Tags = tags,
            Headers = Headers is null
                ? System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty
                : new Dictionary<string, string>(Headers, StringComparer.OrdinalIgnoreCase),
        };
    }
}
