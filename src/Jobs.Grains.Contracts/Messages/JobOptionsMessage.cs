using System.Collections.ObjectModel;
using System.Diagnostics;
using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>What is said of a job: by its task's definition and by the enqueue, as the caller's side knows them. Null means "not said".</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.JobOptions")]
public sealed record JobOptionsMessage
{
    /// <summary>The queue; null means <see cref="QueueName.Default"/>.</summary>
    [Id(0)]
    public QueueName? Queue { get; init; }

    /// <summary>The media type of payload and result; null means that of the service's codec.</summary>
    [Id(1)]
    public string? ContentType { get; init; }

    /// <summary>When the job is due at the earliest; null or a past time means now.</summary>
    [Id(2)]
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>How long from now the job is due. Not together with <see cref="RunAt"/>.</summary>
    [Id(3)]
    public TimeSpan? Delay { get; init; }

    /// <summary>The priority; higher is more urgent.</summary>
    [Id(4)]
    public int? Priority { get; init; }

    /// <summary>Attempts including the first.</summary>
    [Id(5)]
    public int? MaxAttempts { get; init; }

    /// <summary>The delay between attempts; null means the task's, as the worker knows it.</summary>
    [Id(6)]
    public RetryPolicyMessage? Backoff { get; init; }

    /// <summary>How long one attempt may run.</summary>
    [Id(7)]
    public TimeSpan? Timeout { get; init; }

    /// <summary>The key of uniqueness among unfinished jobs of the queue.</summary>
    [Id(8)]
    public string? UniqueKey { get; init; }

    /// <summary>Whether the key of uniqueness is made from the payload, if none is given.</summary>
    [Id(9)]
    public bool UniqueByPayload { get; init; }

    /// <summary>The group that runs one at a time and in order.</summary>
    [Id(10)]
    public string? GroupKey { get; init; }

    /// <summary>How long the record of the finished job is kept.</summary>
    [Id(11)]
    public TimeSpan? KeepFor { get; init; }

    /// <summary>Whether the payload is kept with the record of a completed job.</summary>
    [Id(12)]
    public bool KeepPayload { get; init; } = true;

    /// <summary>What a thrown exception does.</summary>
    [Id(13)]
    public ExceptionPolicy? OnException { get; init; }

    /// <summary>What becomes of the job when its attempts are used up.</summary>
    [Id(14)]
    public ExhaustedAction? OnExhausted { get; init; }

    /// <summary>Whether a delivery whose worker died counts as an attempt.</summary>
    [Id(15)]
    public bool? CountLostDeliveries { get; init; }

    /// <summary>The labels; null for none.</summary>
    [Id(16)]
    public string[]? Tags { get; init; }

    /// <summary>The headers; null for none.</summary>
    [Id(17)]
    public Dictionary<string, string>? Headers { get; init; }

    /// <summary>The request the job belongs to; null means that of the call.</summary>
    [Id(18)]
    public string? RequestId { get; init; }

    /// <summary>The W3C trace context that the job is enqueued under.</summary>
    [Id(19)]
    public string? TraceParent { get; init; }

    /// <summary>The user on whose behalf the job is enqueued.</summary>
    [Id(20)]
    public string? User { get; init; }

    /// <summary>The W3C trace state that goes with <see cref="TraceParent"/>.</summary>
    [Id(21)]
    public string? TraceState { get; init; }

    /// <summary>The version of the code that enqueues.</summary>
    [Id(22)]
    public string? CodeVersion { get; init; }

    /// <summary>What limits for each key count the job under.</summary>
    [Id(23)]
    public string? LimitKey { get; init; }

    /// <summary>Whether the task has a delay between attempts of its own, which whoever runs it knows; a queue's is not for its jobs then.</summary>
    [Id(24)]
    public bool HasOwnBackoff { get; init; }

    /// <summary>Writes options down that stand for themselves, without a task's definition.</summary>
    /// <exception cref="InvalidJobOptionException">The delay between attempts is a function, which cannot be sent.</exception>
    public static JobOptionsMessage From(EnqueueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new JobOptionsMessage
        {
            Queue = options.Queue,
            RunAt = options.RunAt,
            Delay = options.Delay,
            Priority = options.Priority?.Urgency,
            MaxAttempts = options.MaxAttempts,
            Backoff = RetryPolicyMessage.From(options.Backoff),
            Timeout = options.Timeout,
            UniqueKey = options.UniqueKey,
            GroupKey = options.GroupKey,
            LimitKey = options.LimitKey,
            KeepFor = options.Retention?.KeepFor,
            KeepPayload = options.Retention?.KeepPayload ?? true,
            OnException = options.OnException,
            OnExhausted = options.OnExhausted,
            CountLostDeliveries = options.CountLostDeliveries,
            Tags = options.Tags.Count == 0 ? null : [.. options.Tags.Order(StringComparer.Ordinal)],
            Headers = options.Headers.Count == 0 ? null : new Dictionary<string, string>(options.Headers),
            RequestId = options.RequestId,
            User = options.User,
        };
    }

    /// <summary>
    /// Writes down what a task's definition and an enqueue say together, and what is current where this is called: the request, the user, the
    /// trace. The enqueue wins; tags and headers of both add up.
    /// </summary>
    /// <exception cref="InvalidJobOptionException">The enqueue's delay between attempts is a function, which cannot be sent.</exception>
    public static JobOptionsMessage Of(TaskDefinition task, EnqueueOptions? said = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        var known = task.Options;
        var retention = said?.Retention ?? known.Retention;
        var trace = Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current : null;
        return new JobOptionsMessage
        {
            Queue = said?.Queue ?? known.Queue,
            ContentType = known.Codec is null or IPayloadProtector ? null : known.Codec.ContentType,
            RunAt = said?.RunAt,
            Delay = said?.Delay,
            Priority = (said?.Priority ?? known.Priority)?.Urgency,
            MaxAttempts = said?.MaxAttempts ?? known.MaxAttempts,
            Backoff = RetryPolicyMessage.From(said?.Backoff),
            Timeout = said?.Timeout ?? known.Timeout,
            UniqueKey = said?.UniqueKey ?? known.UniqueKey,
            UniqueByPayload = known.UniqueByPayload,
            GroupKey = said?.GroupKey ?? known.GroupKey,
            LimitKey = said?.LimitKey ?? known.LimitKey,
            HasOwnBackoff = known.Backoff is not null,
            KeepFor = retention?.KeepFor,
            KeepPayload = retention?.KeepPayload ?? true,
            OnException = said?.OnException ?? known.OnException,
            OnExhausted = said?.OnExhausted ?? known.OnExhausted,
            CountLostDeliveries = said?.CountLostDeliveries ?? known.CountLostDeliveries,
            Tags = TagsOf(known, said),
            Headers = HeadersOf(known, said),
            RequestId = said?.RequestId ?? JobRequest.Id,
            TraceParent = trace?.Id,
            TraceState = trace?.TraceStateString,
            User = said?.User ?? JobRequest.User,
        };
    }

    /// <summary>The options as far as an enqueue says them.</summary>
    public EnqueueOptions ToOptions()
    {
        var options = new EnqueueOptions
        {
            Queue = Queue,
            RunAt = RunAt,
            Delay = Delay,
            Priority = Priority is { } urgency ? new Priority(urgency) : null,
            MaxAttempts = MaxAttempts,
            Backoff = Backoff?.ToPolicy(),
            Timeout = Timeout,
            UniqueKey = UniqueKey,
            GroupKey = GroupKey,
            LimitKey = LimitKey,
            Retention = KeepFor is { } time ? new RetentionPolicy(time, KeepPayload) : null,
            OnException = OnException,
            OnExhausted = OnExhausted,
            CountLostDeliveries = CountLostDeliveries,
            RequestId = RequestId,
            User = User,
        };
        options.Tags.UnionWith(Tags ?? []);
        foreach (var (name, value) in Headers ?? []) options.Headers[name] = value;
        return options;
    }

    private static string[]? TagsOf(TaskOptions known, EnqueueOptions? said) => known.Tags.Count == 0 && said is not { Tags.Count: > 0 }
        ? null
        : [.. known.Tags.Union(said?.Tags ?? Enumerable.Empty<string>()).Order(StringComparer.Ordinal)];

    private static Dictionary<string, string>? HeadersOf(TaskOptions known, EnqueueOptions? said)
    {
        IReadOnlyDictionary<string, string> headers = ReadOnlyDictionary<string, string>.Empty;
        if (known.Headers.Count > 0 || said is { Headers.Count: > 0 })
        {
            var merged = new Dictionary<string, string>(known.Headers, StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in said?.Headers ?? new Dictionary<string, string>()) merged[name] = value;
            headers = merged;
        }

        headers = RequestBaggage.AddTo(headers, JobLimits.Default.MaxHeadersChars);

        // Sent with the plain comparer, which every version knows.
        return headers.Count == 0 ? null : new Dictionary<string, string>(headers);
    }
}
