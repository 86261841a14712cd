using System.Diagnostics.Metrics;

namespace Jobs.Core;

/// <summary>
/// The instruments of the meter <c>Jobs</c>, with the tags <c>queue</c>, <c>task</c> and <c>outcome</c>. A listener that throws goes no
/// further: these are called on the turn of a partition.
/// </summary>
public sealed class JobsMetrics : IDisposable
{
    /// <summary>The name to subscribe to.</summary>
    public const string MeterName = "Jobs";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _enqueued;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _waited;
    private readonly Counter<long> _workerErrors;
    private readonly Counter<long> _loopFailures;
    private readonly Counter<long> _existing;

    /// <summary>Makes the instruments.</summary>
    public JobsMetrics()
    {
        _enqueued = _meter.CreateCounter<long>("jobs.enqueued", "{job}", "Jobs that were enqueued and committed.");
        _duration = _meter.CreateHistogram<double>("jobs.run.duration", "s", "How long attempts ran, however they ended.");
        _waited = _meter.CreateHistogram<double>("jobs.wait.duration", "s", "How long attempts waited after they were due.");
        _workerErrors = _meter.CreateCounter<long>("jobs.worker.errors", "{error}", "Errors outside of handlers.");
        _existing = _meter.CreateCounter<long>("jobs.inbox.existing", "{job}", "Jobs of transactions whose id or unique key another one had.");
        _loopFailures = _meter.CreateCounter<long>("jobs.loop.failures", "{failure}", "Failed tries of the service's loops.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Watch(EngineHealth health) => _meter.CreateObservableGauge(
        "jobs.loops.failing", () => health.Failing, "{loop}", "Loops of the service whose latest try failed.");

    internal void Enqueued(JobRecord job)
    {
        if (_enqueued.Enabled) Add(_enqueued, Tag("queue", job.Terms.Queue.Value), Tag("task", job.Terms.Task));
    }

    internal void Started(JobRecord job)
    {
        if (_waited.Enabled && job.StartedAt is { } started)
            Record(_waited, Math.Max(0, (started - job.RunAt).TotalSeconds), Tag("queue", job.Terms.Queue.Value), Tag("task", job.Terms.Task));
    }

    internal void Ran(JobRecord job, string outcome, TimeSpan took)
    {
        if (_duration.Enabled)
            Record(_duration, took.TotalSeconds, Tag("queue", job.Terms.Queue.Value), Tag("task", job.Terms.Task), Tag("outcome", outcome));
    }

    internal void LoopFailed(LoopHealth loop)
    {
        if (loop.Queue is { } queue) Add(_loopFailures, Tag("loop", loop.Loop.ToString()), Tag("queue", queue.Value));
        else Add(_loopFailures, Tag("loop", loop.Loop.ToString()));
    }

    internal void Existed(JobRecord job) => Add(_existing, Tag("queue", job.Terms.Queue.Value), Tag("task", job.Terms.Task));

    internal void WorkerError() => Add(_workerErrors);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static void Add(Counter<long> counter, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(1, tags);
        }
        catch (Exception)
        {
            // The listener's own fault.
        }
    }

    private static void Record(Histogram<double> histogram, double value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            histogram.Record(value, tags);
        }
        catch (Exception)
        {
            // The listener's own fault.
        }
    }
}
