using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Jobs.Core;

/// <summary>
/// The parts of a record that a database keeps as one JSON text: the terms (without task, queue, group and tags, which have columns)
/// and the notes. Only what differs from the default is written, so most jobs have short terms and no notes.
/// </summary>
public static class StoredText
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>Jobs of one call share their terms, so they share the text too.</summary>
    private static readonly ConditionalWeakTable<JobTerms, string> Written = [];

    /// <summary>The terms as text.</summary>
    public static string OfTerms(JobTerms terms) => Written.GetValue(terms, static t => JsonSerializer.Serialize(Terms.From(t), Options));

    /// <summary>The terms from text and columns.</summary>
    public static JobTerms ToTerms(string text, string task, QueueName queue, string? groupKey, IReadOnlyList<string>? tags) =>
        JsonSerializer.Deserialize<Terms>(text, Options)!.ToTerms(task, queue, groupKey, tags ?? []);

    /// <summary>The notes as text; null for none.</summary>
    public static string? OfNotes(JobNotes? notes) => notes is null
        ? null
        : JsonSerializer.Serialize(new Notes([.. notes.Errors], [.. notes.Log], notes.Progress, notes.Reason), Options);

    /// <summary>The notes from text.</summary>
    public static JobNotes? ToNotes(string? text)
    {
        if (text is null) return null;
        var notes = JsonSerializer.Deserialize<Notes>(text, Options)!;
        return new JobNotes
        {
            Errors = notes.Errors?.ToImmutableList() ?? [],
            Log = notes.Log?.ToImmutableList() ?? [],
            Progress = notes.Progress,
            Reason = notes.Reason,
        };
    }

    private sealed record Notes(JobError[]? Errors, JobLogLine[]? Log, JobProgress? Progress, string? Reason);

    private sealed record Backoff(double? BaseMs, double? Factor, double? CapMs, double? Jitter, int? FirstExponent)
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

    private sealed record Terms(
        string? Type, int? MaxAttempts, Backoff? Backoff, double? TimeoutMs, double? KeepForMs, bool DropPayload, ExceptionPolicy OnException,
        ExhaustedAction OnExhausted, bool IgnoreLostDeliveries, string? RequestId, string? TraceParent, IReadOnlyDictionary<string, string>? Headers)
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
            terms.Headers.Count == 0 ? null : terms.Headers);

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
            Tags = tags,
            Headers = Headers is null
                ? System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty
                : new Dictionary<string, string>(Headers, StringComparer.OrdinalIgnoreCase),
        };
    }
}
