using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Jobs.Core;

/// <summary>Works out what is agreed for a job from its task, its enqueue and the current request, and checks every value.</summary>
internal sealed class TermsFactory(JobLimits limits, IPayloadCodec codec, Random random)
{
    private readonly ConditionalWeakTable<TaskDefinition, JobTerms> _defaults = [];

    /// <summary>The terms of all jobs of one call that share task and options; they share one request id too.</summary>
    internal JobTerms Create(TaskDefinition task, EnqueueOptions? options, string requestId)
    {
        var terms = options is null ? _defaults.GetValue(task, t => Build(t.Name, t.Options, null, codec)) : Build(task.Name, task.Options, options, codec);
        return terms with { RequestId = options?.RequestId ?? requestId, TraceParent = Activity.Current?.Id };
    }

    /// <summary>The current request, else a new one.</summary>
    internal string CurrentRequestId()
    {
        if (Require(nameof(EnqueueOptions.RequestId), JobRequest.Id) is { } current) return current;
        Span<byte> bytes = stackalloc byte[16];
        lock (random) random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private JobTerms Build(string name, TaskOptions task, EnqueueOptions? options, IPayloadCodec fallback) => new()
    {
        Task = name,
        Queue = options?.Queue ?? task.Queue ?? QueueName.Default,
        ContentType = (task.Codec ?? fallback).ContentType,
        MaxAttempts = Math.Max(1, options?.MaxAttempts ?? task.MaxAttempts ?? JobOptions.DefaultMaxAttempts),
        Backoff = Stored(options?.Backoff),
        Timeout = Positive(options?.Timeout ?? task.Timeout),
        GroupKey = Require(nameof(JobOptions.GroupKey), options?.GroupKey ?? task.GroupKey),
        Retention = Checked(options?.Retention ?? task.Retention ?? RetentionPolicy.Default),
        OnException = options?.OnException ?? task.OnException ?? ExceptionPolicy.Retry,
        OnExhausted = options?.OnExhausted ?? task.OnExhausted ?? ExhaustedAction.DeadLetter,
        CountLostDeliveries = options?.CountLostDeliveries ?? task.CountLostDeliveries ?? true,
        RequestId = Require(nameof(EnqueueOptions.RequestId), options?.RequestId),
        Tags = Tags(task, options),
        Headers = Headers(task, options),
    };

    private static RetryPolicy? Stored(RetryPolicy? policy) => policy is RetryPolicy.CustomRetry
        ? throw new InvalidJobOptionException(nameof(JobOptions.Backoff), "a custom function", "it cannot be stored with a job; set it on the task")
        : policy;

    private static TimeSpan? Positive(TimeSpan? timeout) => timeout <= TimeSpan.Zero
        ? throw new InvalidJobOptionException(nameof(JobOptions.Timeout), timeout, "use a positive time, or null for none")
        : timeout;

    private static RetentionPolicy Checked(RetentionPolicy retention) => retention.KeepFor < TimeSpan.Zero
        ? throw new InvalidJobOptionException(nameof(JobOptions.Retention), retention.KeepFor, "use zero or a positive time")
        : retention;

    internal string? Require(string option, string? key)
    {
        if (key is null) return null;
        if (key.Length == 0) throw new InvalidJobOptionException(option, "an empty text", "use at least one character, or null for none");
        return key.Length <= limits.MaxKeyChars ? key : throw new LimitExceededException(nameof(JobLimits.MaxKeyChars), key.Length, limits.MaxKeyChars);
    }

    private string[] Tags(TaskOptions task, EnqueueOptions? options)
    {
        if (task.Tags.Count == 0 && (options is null || options.Tags.Count == 0)) return [];
        string[] tags = [.. task.Tags.Union(options?.Tags ?? Enumerable.Empty<string>()).Order(StringComparer.Ordinal)];
        if (tags.Length > limits.MaxTagsCount) throw new LimitExceededException(nameof(JobLimits.MaxTagsCount), tags.Length, limits.MaxTagsCount);
        foreach (var tag in tags)
        {
            if (string.IsNullOrEmpty(tag)) throw new InvalidNameException("tag", tag, "it is empty; give it at least one character");
            if (tag.Length > limits.MaxTagChars) throw new LimitExceededException(nameof(JobLimits.MaxTagChars), tag.Length, limits.MaxTagChars);
        }

        return tags;
    }

    private IReadOnlyDictionary<string, string> Headers(TaskOptions task, EnqueueOptions? options)
    {
        if (task.Headers.Count == 0 && (options is null || options.Headers.Count == 0))
            return System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;
        var headers = new Dictionary<string, string>(task.Headers, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in options?.Headers ?? new Dictionary<string, string>()) headers[name] = value;
        if (headers.Any(h => h.Key.Length == 0 || h.Value is null))
            throw new InvalidJobOptionException("Headers", "an empty name or a null value", "give both a text");
        var chars = headers.Sum(h => (long)h.Key.Length + h.Value.Length);
        return chars <= limits.MaxHeadersChars ? headers : throw new LimitExceededException(nameof(JobLimits.MaxHeadersChars), chars, limits.MaxHeadersChars);
    }
}
