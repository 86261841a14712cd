using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Jobs.Core;

/// <summary>The instruments of the meter <c>Jobs</c>, with the tags <c>queue</c>, <c>task</c> and <c>outcome</c>.</summary>
public sealed class JobsMetrics : IDisposable
{
    /// <summary>The name to subscribe to.</summary>
    public const string MeterName = "Jobs";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _enqueued;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _waited;
    private readonly Counter<long> _workerErrors;

    /// <summary>Makes the instruments.</summary>
    public JobsMetrics()
    {
        _enqueued = _meter.CreateCounter<long>("jobs.enqueued", "{job}", "Jobs that were enqueued and committed.");
        _duration = _meter.CreateHistogram<double>("jobs.run.duration", "s", "How long attempts ran, however they ended.");
        _waited = _meter.CreateHistogram<double>("jobs.wait.duration", "s", "How long attempts waited after they were due.");
        _workerErrors = _meter.CreateCounter<long>("jobs.worker.errors", "{error}", "Errors outside of handlers.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Enqueued(JobRecord job)
    {
        if (_enqueued.Enabled) _enqueued.Add(1, Tag("queue", job.Terms.Queue.Value), Tag("task", job.Terms.Task));
    }

    internal void Started(JobRecord job)
    {
        if (_waited.Enabled && job.StartedAt is { } started)
            _waited.Record(Math.Max(0, (started - job.RunAt).TotalSeconds), Tag("queue", job.Terms.Queue.Value), Tag("task", job.Terms.Task));
    }

    internal void Ran(JobRecord job, string outcome, TimeSpan took)
    {
        if (_duration.Enabled)
            _duration.Record(took.TotalSeconds, Tag("queue", job.Terms.Queue.Value), Tag("task", job.Terms.Task), Tag("outcome", outcome));
    }

    internal void WorkerError() => _workerErrors.Add(1);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
