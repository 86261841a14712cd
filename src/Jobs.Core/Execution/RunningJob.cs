using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Core;

/// <summary>One attempt while it runs. What few handlers use (token, scope, log) is made when it is asked for.</summary>
internal sealed class RunningJob(JobRecord job, RunEnvironment environment) : JobContext
{
    // A run is its own lock: one object less for each job, and no code outside this class sees the type.
    private CancellationTokenSource? _stop;
    private ITimer? _timeout;
    private AsyncServiceScope? _scope;
    private List<JobLogLine>? _log;
    private JobProgress? _progress;
    private int _skippedLogLines;
    private ReadOnlyMemory<byte>? _payload;

    public override JobId Id => Record.Id;

    public override string Task => Record.Terms.Task;

    public override QueueName Queue => Record.Terms.Queue;

    public override int Attempt => Record.LastAttempt;

    public override int MaxAttempts => Record.Terms.MaxAttempts;

    public override DateTimeOffset? Deadline =>
        Record is { StartedAt: { } started, Terms.Timeout: { } timeout } ? Times.Add(started, timeout) : null;

    public override string Worker => Record.Worker ?? "";

    public override DateTimeOffset EnqueuedAt => Record.EnqueuedAt;

    public override ReadOnlyMemory<byte> Payload => _payload ??= PayloadProtection.Open(
        Registration?.Task, environment.Codec, Record.Terms.ContentType, Record.Payload, PlaceOf(PayloadPart.Payload));

    public override IReadOnlyDictionary<string, string> Headers => Record.Terms.Headers;

    public override IReadOnlyList<string> Tags => Record.Terms.Tags;

    public override string RequestId => Record.Terms.RequestId ?? Record.Id.ToGuid().ToString("N");

    public override string? TraceParent => Record.Terms.TraceParent;

    public override string? TraceState => Record.Terms.TraceState;

    public override string? User => Record.Terms.User;

    public override string? EnqueuedCodeVersion => Record.Terms.CodeVersion;

    public override string? CodeVersion => Record.RanCodeVersion;

    public override JobError? LastError => Record.Notes is { Errors: { Count: > 0 } errors } ? errors[^1] : null;

    public override CancellationToken Cancellation
    {
        get
        {
            lock (this)
            {
                _stop ??= new CancellationTokenSource();
                if (Reason is not CancelReason.None) _stop.Cancel();
                return _stop.Token;
            }
        }
    }

    public override IServiceProvider Services
    {
        get
        {
            lock (this) return (_scope ??= environment.Services.CreateAsyncScope()).ServiceProvider;
        }
    }

    internal JobRecord Record { get; } = job;

    internal TaskRegistration? Registration { get; set; }

    internal ReadOnlyMemory<byte>? Captured { get; private set; }

    internal CancelReason Reason { get; private set; }

    /// <summary>The transaction of this run; null if it has none.</summary>
    internal AttemptTransaction? Transaction { get; set; }

    /// <summary>The transaction that commits together with what the run has ended with; null if there is nothing to commit with it.</summary>
    internal AttemptTransaction? Committing { get; set; }

    /// <summary>
    /// True once the job belongs to another ownership of its partition. What its handler says must not be told then: the job may be running
    /// anew under the same delivery number, because the store never knew of this delivery.
    /// </summary>
    internal bool IsLeft { get; private set; }

    /// <summary>Leaves the job to another ownership, and tells the handler to stop.</summary>
    internal void Leave()
    {
        IsLeft = true;
        Stop(CancelReason.JobEnded);
    }

    public override T? Feature<T>()
        where T : class => Transaction?.Feature<T>();

    public override void ReportProgress(double percent, string? text = null)
    {
        var bounded = double.IsNaN(percent) ? 0 : Math.Clamp(percent, 0, 100);
        lock (this) _progress = new JobProgress(bounded, text is null ? null : Text.Cut(text, environment.Limits.MaxLogLineChars));
    }

    public override void Log(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = new JobLogLine(environment.Clock.GetUtcNow(), Attempt, Text.Cut(text, environment.Limits.MaxLogLineChars));
        lock (this)
        {
            _log ??= [];
            if (_log.Count < environment.Limits.MaxLogLinesCount) _log.Add(line);
            else _skippedLogLines++;
        }
    }

    public override void CaptureResult<T>(T value)
    {
        var task = Registration?.Task ?? throw new InvalidOperationException("A result is captured by a handler that runs.");

        // A raw handler's task knows bytes only; what it captures beside them is for callers, who read it with the service's codec.
        var isRaw = task.Options.Codec is RawPayloadCodec && value is not (byte[] or ReadOnlyMemory<byte>);
        Captured = isRaw ? PayloadEncoder.EncodeCaptured(task, value, environment.Codec) : PayloadEncoder.EncodeValue(task, value, environment.Codec, null);
    }

    /// <summary>Takes a result as it was encoded.</summary>
    internal void Capture(ReadOnlyMemory<byte> result) => Captured = result;

    /// <summary>What is stored of a new payload or a result of this job.</summary>
    internal ReadOnlyMemory<byte> ToStored(ReadOnlyMemory<byte> bytes, PayloadPart part) =>
        PayloadProtection.Close(Registration?.Task, environment.Codec, Record.Terms.ContentType, bytes, PlaceOf(part));

    /// <summary>Tells the handler to stop; the first reason stays.</summary>
    internal void Stop(CancelReason reason)
    {
        CancellationTokenSource? stop;
        lock (this)
        {
            if (Reason is not CancelReason.None) return;
            Reason = reason;
            stop = _stop;
        }

        // Callbacks of the token are the user's code; they run elsewhere than on the loop that told the job to stop.
        _ = stop?.CancelAsync();
    }

    internal void StartTimeout()
    {
        if (Record.Terms.Timeout is not { } timeout) return;
        _timeout = environment.Clock.CreateTimer(
            static state => ((RunningJob)state!).Stop(CancelReason.Timeout), this, Times.ForTimer(timeout), Timeout.InfiniteTimeSpan);
    }

    internal AttemptNotes? TakeNotes()
    {
        lock (this)
        {
            if (_log is null && _progress is null) return null;
            return new AttemptNotes(_log is null ? [] : KeptLog(), _progress);
        }
    }

    /// <summary>The lines that are kept; if some were not, the last place tells how many. Asking changes nothing.</summary>
    private JobLogLine[] KeptLog()
    {
        if (_skippedLogLines == 0 || _log!.Count == 0) return [.. _log!];
        var last = new JobLogLine(environment.Clock.GetUtcNow(), Attempt, $"… and {_skippedLogLines + 1} lines more, which were not kept");
        return [.. _log.Take(_log.Count - 1), last];
    }

    internal async ValueTask DisposeAsync()
    {
        if (_timeout is not null) await _timeout.DisposeAsync().ConfigureAwait(false);
        if (_scope is { } scope) await scope.DisposeAsync().ConfigureAwait(false);
    }

    private PayloadPlace PlaceOf(PayloadPart part) => new(Record.Id, Record.Terms.Task, part);

    internal bool NeedsDisposal => _timeout is not null || _scope is not null;
}
