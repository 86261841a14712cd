using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Jobs.Core;

/// <summary>Works out what is agreed for a job from its task, its enqueue and the current request, and checks every value.</summary>
/// <param name="limits">Bounds on the values.</param>
/// <param name="codec">The codec of tasks that name none.</param>
/// <param name="random">Makes request ids.</param>
/// <param name="codeVersion">The version that enqueues.</param>
/// <param name="defaultsOf">What queues say for their jobs; null for a queue that says nothing.</param>
/// <param name="registry">Knows tasks that are enqueued by their names only.</param>
internal sealed class TermsFactory(
    JobLimits limits, IPayloadCodec codec, Random random, string codeVersion, Func<QueueName, JobDefaults?>? defaultsOf = null,
    TaskRegistry? registry = null)
{
    /// <summary>What the standard asks to be passed on at least.</summary>
    private const int MaxTraceStateChars = 512;

    private readonly ConditionalWeakTable<TaskDefinition, Plain> _plain = [];

    /// <summary>The terms of all jobs of one call that share task and options; they share one request id too.</summary>
    internal JobTerms Create(TaskDefinition task, EnqueueOptions? options, string requestId)
    {
        var terms = options is null ? PlainOf(task) : Build(task.Name, task.Options, options, codec);
        var trace = Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current : null;
        return terms with
        {
            RequestId = options?.RequestId ?? requestId,
            User = Require(nameof(EnqueueOptions.User), options?.User ?? JobRequest.User),
            TraceParent = trace?.Id,
            TraceState = Bounded(trace?.TraceStateString),
            Headers = RequestBaggage.AddTo(terms.Headers, limits.MaxHeadersChars),
        };
    }

    /// <summary>How urgent a job is that is enqueued so.</summary>
    internal Priority PriorityOf(TaskDefinition task, EnqueueOptions? options, QueueName queue) =>
        options?.Priority ?? task.Options.Priority ?? defaultsOf?.Invoke(queue)?.Priority ?? default;

    /// <summary>The current request, else a new one.</summary>
    internal string CurrentRequestId()
    {
        if (Require(nameof(EnqueueOptions.RequestId), JobRequest.Id) is { } current) return current;
        Span<byte> bytes = stackalloc byte[16];
        lock (random) random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>The terms of jobs of which only the task says anything, made once, and again when the queue's defaults are others.</summary>
    private JobTerms PlainOf(TaskDefinition task)
    {
        if (_plain.TryGetValue(task, out var known) && ReferenceEquals(known.Defaults, defaultsOf?.Invoke(known.Terms.Queue))) return known.Terms;
        var terms = Build(task.Name, task.Options, null, codec);
        _plain.AddOrUpdate(task, new Plain(terms, defaultsOf?.Invoke(terms.Queue)));
        return terms;
    }

    private JobTerms Build(string name, TaskOptions task, EnqueueOptions? options, IPayloadCodec fallback)
    {
        var queue = options?.Queue ?? task.Queue ?? QueueName.Default;
        var defaults = defaultsOf?.Invoke(queue);
        return new()
        {
            Task = name,
            Queue = queue,
            ContentType = PayloadProtection.TypeOf(task, fallback),
            MaxAttempts = Math.Max(1, options?.MaxAttempts ?? task.MaxAttempts ?? defaults?.MaxAttempts ?? JobOptions.DefaultMaxAttempts),
            Backoff = Stored(options?.Backoff) ?? (HasOwnBackoff(name, task) ? null : defaults?.Backoff),
            Timeout = Positive(options?.Timeout ?? task.Timeout ?? defaults?.Timeout),
            GroupKey = Require(nameof(JobOptions.GroupKey), options?.GroupKey ?? task.GroupKey ?? defaults?.GroupKey),
            LimitKey = Require(nameof(JobOptions.LimitKey), options?.LimitKey ?? task.LimitKey ?? defaults?.LimitKey),
            Retention = Checked(options?.Retention ?? task.Retention ?? defaults?.Retention ?? RetentionPolicy.Default),
            OnException = options?.OnException ?? task.OnException ?? defaults?.OnException ?? ExceptionPolicy.Retry,
            OnExhausted = options?.OnExhausted ?? task.OnExhausted ?? defaults?.OnExhausted ?? ExhaustedAction.DeadLetter,
            CountLostDeliveries = options?.CountLostDeliveries ?? task.CountLostDeliveries ?? defaults?.CountLostDeliveries ?? true,
            RequestId = Require(nameof(EnqueueOptions.RequestId), options?.RequestId),
            CodeVersion = codeVersion,
            Tags = Tags(defaults, task, options),
            Headers = Headers(defaults, task, options),
        };
    }

    /// <summary>A task's own delay is not stored with its jobs, because whoever runs them knows it.</summary>
    private bool HasOwnBackoff(string name, TaskOptions task) => task.Backoff is not null || registry?.Find(name)?.Task.Options.Backoff is not null;

    private static RetryPolicy? Stored(RetryPolicy? policy) => policy is RetryPolicy.CustomRetry
        ? throw new InvalidJobOptionException(nameof(JobOptions.Backoff), "a custom function", "it cannot be stored with a job; set it on the task")
        : policy;

    private static TimeSpan? Positive(TimeSpan? timeout) => timeout <= TimeSpan.Zero
        ? throw new InvalidJobOptionException(nameof(JobOptions.Timeout), timeout, "use a positive time, or null for none")
        : timeout;

    private static RetentionPolicy Checked(RetentionPolicy retention) => retention.KeepFor < TimeSpan.Zero
        ? throw new InvalidJobOptionException(nameof(JobOptions.Retention), retention.KeepFor, "use zero or a positive time")
        : retention;

    /// <summary>A list that may be cut by whoever passes it on (W3C Trace Context, 3.3); one that is too long is left out.</summary>
    internal static string? Bounded(string? traceState) => traceState is { Length: > 0 and <= MaxTraceStateChars } ? traceState : null;

    internal string? Require(string option, string? key)
    {
        if (key is null) return null;
        if (key.Length == 0) throw new InvalidJobOptionException(option, "an empty text", "use at least one character, or null for none");
        return key.Length <= limits.MaxKeyChars ? key : throw new LimitExceededException(nameof(JobLimits.MaxKeyChars), key.Length, limits.MaxKeyChars);
    }

    private string[] Tags(params ReadOnlySpan<JobOptions?> said)
    {
        SortedSet<string>? all = null;
        foreach (var options in said)
        {
            if (options is { Tags.Count: > 0 }) (all ??= new SortedSet<string>(StringComparer.Ordinal)).UnionWith(options.Tags);
        }

        if (all is null) return [];
        string[] tags = [.. all];
        if (tags.Length > limits.MaxTagsCount) throw new LimitExceededException(nameof(JobLimits.MaxTagsCount), tags.Length, limits.MaxTagsCount);
        foreach (var tag in tags)
        {
            if (string.IsNullOrEmpty(tag)) throw new InvalidNameException("tag", tag, "it is empty; give it at least one character");
            if (tag.Length > limits.MaxTagChars) throw new LimitExceededException(nameof(JobLimits.MaxTagChars), tag.Length, limits.MaxTagChars);
        }

        return tags;
    }

    /// <summary>Those of all, the last one winning.</summary>
    private IReadOnlyDictionary<string, string> Headers(params ReadOnlySpan<JobOptions?> said)
    {
        Dictionary<string, string>? headers = null;
        foreach (var options in said)
        {
            if (options is not { Headers.Count: > 0 }) continue;
            headers ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in options.Headers) headers[name] = value;
        }

        if (headers is null) return System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;
        if (headers.Any(h => h.Key.Length == 0 || h.Value is null))
            throw new InvalidJobOptionException("Headers", "an empty name or a null value", "give both a text");
        var chars = headers.Sum(h => (long)h.Key.Length + h.Value.Length);
        return chars <= limits.MaxHeadersChars ? headers : throw new LimitExceededException(nameof(JobLimits.MaxHeadersChars), chars, limits.MaxHeadersChars);
    }

    private sealed record Plain(JobTerms Terms, JobDefaults? Defaults);
}
