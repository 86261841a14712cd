namespace Jobs.Testing;

/// <summary>A job context for unit tests of handlers: set what the handler should see, run it, and look at what it reported.</summary>
/// <remarks>Nothing is bounded or stored here: log lines, progress and results are kept as they come. Safe for many threads.</remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001", Justification = "The source has no timer and no wait handle, so there is nothing to free, and a test need not dispose a context.")]
public sealed class TestJobContext : SettableJobContext
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _clock;
    private readonly List<JobLogLine> _log = [];
    private readonly List<JobProgress> _progress = [];
    private object? _result;

    /// <summary>Makes a context; every property has a default that a handler can live with.</summary>
    /// <param name="clock">Where the times of log lines come from; default a clock that stands at <see cref="ManualTimeProvider.DefaultStart"/>.</param>
    public TestJobContext(TimeProvider? clock = null)
    {
        _clock = clock ?? new ManualTimeProvider();
        Values.Cancellation = _stop.Token;
    }

    /// <summary>The job; default an id made from the name "test".</summary>
    public new JobId Id
    {
        get => Values.Id;
        set => Values.Id = value;
    }

    /// <summary>The task's name; default "test".</summary>
    public new string Task
    {
        get => Values.Task;
        set => Values.Task = value;
    }

    /// <summary>The queue; default <see cref="QueueName.Default"/>.</summary>
    public new QueueName Queue
    {
        get => Values.Queue;
        set => Values.Queue = value;
    }

    /// <summary>Which attempt this is, from 1; default 1.</summary>
    public new int Attempt
    {
        get => Values.Attempt;
        set => Values.Attempt = value;
    }

    /// <summary>Attempts including the first; default 10.</summary>
    public new int MaxAttempts
    {
        get => Values.MaxAttempts;
        set => Values.MaxAttempts = value;
    }

    /// <summary>When the timeout of this attempt is reached; default null. It is only shown; call <see cref="Cancel"/> to let it pass.</summary>
    public new DateTimeOffset? Deadline
    {
        get => Values.Deadline;
        set => Values.Deadline = value;
    }

    /// <summary>What tells the handler to stop; default a token that <see cref="Cancel"/> fires.</summary>
    public new CancellationToken Cancellation
    {
        get => Values.Cancellation;
        set => Values.Cancellation = value;
    }

    /// <summary>The name of the worker; default "test".</summary>
    public new string Worker
    {
        get => Values.Worker;
        set => Values.Worker = value;
    }

    /// <summary>When the job was enqueued; default <see cref="ManualTimeProvider.DefaultStart"/>.</summary>
    public new DateTimeOffset EnqueuedAt
    {
        get => Values.EnqueuedAt;
        set => Values.EnqueuedAt = value;
    }

    /// <summary>The payload as it was encoded; default empty.</summary>
    public new ReadOnlyMemory<byte> Payload
    {
        get => Values.Payload;
        set => Values.Payload = value;
    }

    /// <summary>The headers; default none.</summary>
    public new IReadOnlyDictionary<string, string> Headers
    {
        get => Values.Headers;
        set => Values.Headers = value;
    }

    /// <summary>The labels; default none.</summary>
    public new IReadOnlyList<string> Tags
    {
        get => Values.Tags;
        set => Values.Tags = value;
    }

    /// <summary>The request this job belongs to; default "test".</summary>
    public new string RequestId
    {
        get => Values.RequestId;
        set => Values.RequestId = value;
    }

    /// <summary>The W3C trace context that the job was enqueued under; default null.</summary>
    public new string? TraceParent
    {
        get => Values.TraceParent;
        set => Values.TraceParent = value;
    }

    /// <summary>The vendors' part of the trace context; default null.</summary>
    public new string? TraceState
    {
        get => Values.TraceState;
        set => Values.TraceState = value;
    }

    /// <summary>The user on whose behalf the job was enqueued; default null.</summary>
    public new string? User
    {
        get => Values.User;
        set => Values.User = value;
    }

    /// <summary>The version of the code that enqueued the job; default null.</summary>
    public new string? EnqueuedCodeVersion
    {
        get => Values.EnqueuedCodeVersion;
        set => Values.EnqueuedCodeVersion = value;
    }

    /// <summary>The version of the code that runs; default null.</summary>
    public new string? CodeVersion
    {
        get => Values.CodeVersion;
        set => Values.CodeVersion = value;
    }

    /// <summary>The error of the attempt before; default null.</summary>
    public new JobError? LastError
    {
        get => Values.LastError;
        set => Values.LastError = value;
    }

    /// <summary>The services of the run; default an empty container.</summary>
    public new IServiceProvider Services
    {
        get => Values.Services;
        set => Values.Services = value;
    }

    /// <summary>The codec that <see cref="CaptureResult"/> tries a result with; default <see cref="JsonPayloadCodec"/>.</summary>
    public IPayloadCodec Codec { get; set; } = JsonPayloadCodec.Default;

    /// <summary>What the handler logged, oldest first.</summary>
    public IReadOnlyList<JobLogLine> LogLines
    {
        get
        {
            lock (_gate) return [.. _log];
        }
    }

    /// <summary>Every progress that the handler reported, oldest first.</summary>
    public IReadOnlyList<JobProgress> ProgressReports
    {
        get
        {
            lock (_gate) return [.. _progress];
        }
    }

    /// <summary>The latest progress; null if the handler reported none.</summary>
    public JobProgress? Progress
    {
        get
        {
            lock (_gate) return _progress.Count == 0 ? null : _progress[^1];
        }
    }

    /// <summary>The result that the handler captured last; null if it captured none.</summary>
    public object? Result
    {
        get
        {
            lock (_gate) return _result;
        }
    }

    /// <summary>
    /// Makes the context of a first attempt of a job, with the payload encoded and what the task says about queue, attempts, tags, headers.
    /// </summary>
    /// <exception cref="PayloadEncodingException">The payload is null or cannot be encoded.</exception>
    public static TestJobContext For<TPayload>(TaskDefinition<TPayload> task, TPayload payload, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        var options = task.Options;
        var queue = options.Queue ?? QueueName.Default;
        return new TestJobContext(clock)
        {
            Id = JobId.FromName(queue, "test"),
            Task = task.Name,
            Queue = queue,
            MaxAttempts = Math.Max(1, options.MaxAttempts ?? JobOptions.DefaultMaxAttempts),
            Codec = options.Codec ?? JsonPayloadCodec.Default,
            Payload = PayloadEncoder.Encode(task, payload, JsonPayloadCodec.Default, null),
            Tags = [.. options.Tags.Order(StringComparer.Ordinal)],
            Headers = new Dictionary<string, string>(options.Headers, StringComparer.OrdinalIgnoreCase),
        };
    }

    /// <summary>
    /// Fires <see cref="Cancellation"/>, as a cancelled job, a reached timeout or a stopping process does, unless another token was set.
    /// </summary>
    public void Cancel() => _stop.Cancel();

    /// <inheritdoc/>
    public override void ReportProgress(double percent, string? text = null)
    {
        var progress = new JobProgress(double.IsNaN(percent) ? 0 : Math.Clamp(percent, 0, 100), text);
        lock (_gate) _progress.Add(progress);
    }

    /// <inheritdoc/>
    public override void Log(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = new JobLogLine(_clock.GetUtcNow(), Attempt, text);
        lock (_gate) _log.Add(line);
    }

    /// <inheritdoc/>
    public override void CaptureResult<T>(T value)
    {
        try
        {
            Codec.Encode(value);
        }
        catch (Exception e)
        {
            throw new PayloadEncodingException(Task, typeof(T), null, e);
        }

        lock (_gate) _result = value;
    }
}
