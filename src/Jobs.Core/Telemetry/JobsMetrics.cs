using System.Diagnostics.Metrics;
using static Jobs.Core.IsolatedInstruments;

namespace Jobs.Core;

/// <summary>
/// The instruments of the meter <c>Jobs</c>, with the tags <c>queue</c>, <c>task</c>, <c>outcome</c> and <c>state</c>. A listener that throws
/// goes no further: these are called on the turn of a partition.
/// </summary>
public sealed class JobsMetrics : IDisposable
{
    /// <summary>The name to subscribe to.</summary>
    public const string MeterName = "Jobs";

    private readonly Meter _meter;
    private readonly Counter<long> _enqueued;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _waited;
    private readonly Counter<long> _rescheduled;
    private readonly Counter<long> _rescued;
    private readonly Counter<long> _workerErrors;
    private readonly Counter<long> _loopFailures;
    private readonly Counter<long> _existing;
    private readonly GueMetrics? _gue;
    private readonly BgJobMetrics? _bgJob;

    /// <summary>Makes the instruments.</summary>
    /// <param name="also">Names under which the same is published once more; default none.</param>
    public JobsMetrics(MetricNames also = MetricNames.None)
        : this(MeterName, also)
    {
    }

    internal JobsMetrics(string meter, MetricNames also)
    {
        _meter = new Meter(meter);
        _enqueued = _meter.CreateCounter<long>("jobs.enqueued", "{job}", "Jobs that were enqueued and committed.");
        _duration = _meter.CreateHistogram<double>("jobs.run.duration", "s", "How long attempts ran, however they ended.");
        _waited = _meter.CreateHistogram<double>("jobs.wait.duration", "s", "How long attempts waited after they were due.");
        _rescheduled = _meter.CreateCounter<long>("jobs.rescheduled", "{job}", "Attempts whose handler asked to run again later.");
        _rescued = _meter.CreateCounter<long>("jobs.rescued", "{job}", "Attempts that were taken back because their worker was lost or their lease over.");
        _workerErrors = _meter.CreateCounter<long>("jobs.worker.errors", "{error}", "Errors outside of handlers.");
        _existing = _meter.CreateCounter<long>("jobs.inbox.existing", "{job}", "Jobs of transactions whose id or unique key another one had.");
        _loopFailures = _meter.CreateCounter<long>("jobs.loop.failures", "{failure}", "Failed tries of the service's loops.");
        if (also.HasFlag(MetricNames.Gue)) _gue = new GueMetrics(_meter);
        if (also.HasFlag(MetricNames.BgJob)) _bgJob = new BgJobMetrics(_meter);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Watch(EngineHealth health) => _meter.CreateObservableGauge(
        "jobs.loops.failing", () => health.Failing, "{loop}", "Loops of the service whose latest try failed.");

    internal void Watch(BacklogReader backlog)
    {
        _meter.CreateObservableGauge(
            "jobs.queue.depth", () => backlog.Look().SelectMany(DepthsOf), "{job}", "Unfinished jobs by state, in the partitions that this process owns.");
        _meter.CreateObservableGauge(
            "jobs.queue.oldest_due.age", () => backlog.Look().Select(AgeOf), "s",
            "How long the job has been due that has been due for longest, in the partitions that this process owns.");
    }

    internal void Enqueued(JobRecord job)
    {
        if (_enqueued.Enabled) _enqueued.Count(QueueOf(job), TaskOf(job));
        _gue?.Enqueued(job);
    }

    internal void Started(JobRecord job)
    {
        if (_waited.Enabled && job.StartedAt is { } started)
            _waited.Tell(Math.Max(0, (started - job.RunAt).TotalSeconds), QueueOf(job), TaskOf(job));
        _gue?.Started(job);
    }

    /// <summary>Measures an attempt that has ended.</summary>
    /// <param name="job">The job as it ran.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="isDone">Whether its handler was done with it.</param>
    /// <param name="took">How long it ran.</param>
    internal void Ran(JobRecord job, string outcome, bool isDone, TimeSpan took)
    {
        if (_duration.Enabled) _duration.Tell(took.TotalSeconds, QueueOf(job), TaskOf(job), Tag("outcome", outcome));
        _gue?.Ran(job, isDone, took);
        _bgJob?.Ran(job, took);
    }

    /// <summary>Measures a committed step of a job that was there before.</summary>
    internal void Changed(JobRecord before, JobRecord? after, JobEvent? happened)
    {
        if (happened is JobEvent.Snoozed && _rescheduled.Enabled) _rescheduled.Count(QueueOf(before), TaskOf(before));
        if (happened is JobEvent.WorkerLost && after is not null && _rescued.Enabled)
            _rescued.Count(QueueOf(before), TaskOf(before), Tag("outcome", after.State.ToString()));
        _bgJob?.Committed(before, after, happened);
    }

    internal void LoopFailed(LoopHealth loop)
    {
        if (loop.Queue is { } queue) _loopFailures.Count(Tag("loop", loop.Loop.ToString()), Tag("queue", queue.Value));
        else _loopFailures.Count(Tag("loop", loop.Loop.ToString()));
    }

    internal void Existed(JobRecord job) => _existing.Count(QueueOf(job), TaskOf(job));

    internal void WorkerError()
    {
        _workerErrors.Count();
        _bgJob?.WorkerError();
    }

    private static IEnumerable<Measurement<long>> DepthsOf(QueueBacklog backlog) => QueueBacklog.States.Select(
        state => new Measurement<long>(backlog.Counts[state], Tag("queue", backlog.Queue.Value), Tag("state", state.ToString())));

    private static Measurement<double> AgeOf(QueueBacklog backlog) => new(backlog.OldestDueAge.TotalSeconds, Tag("queue", backlog.Queue.Value));

    private static KeyValuePair<string, object?> QueueOf(JobRecord job) => Tag("queue", job.Terms.Queue.Value);

    private static KeyValuePair<string, object?> TaskOf(JobRecord job) => Tag("task", job.Terms.Task);
}
