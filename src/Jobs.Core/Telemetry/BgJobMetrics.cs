using System.Diagnostics.Metrics;
using static Jobs.Core.IsolatedInstruments;

namespace Jobs.Core;

/// <summary>Measurements under the names, tags and units of bgjob. Its summary is a histogram here; as there, 0 ms counts as 1.</summary>
internal sealed class BgJobMetrics(Meter meter)
{
    private readonly Histogram<long> _duration = meter.CreateHistogram<long>(
        "bgjob_execute_duration_ms", "ms", "How long attempts run.");

    private readonly Counter<long> _succeeded = meter.CreateCounter<long>("bgjob_execute_success_count", "{job}", "Jobs that are completed.");
    private readonly Counter<long> _retried = meter.CreateCounter<long>(
        "bgjob_execute_retry_count", "{job}", "Attempts that failed and are followed by another one.");

    private readonly Counter<long> _dead = meter.CreateCounter<long>("bgjob_execute_dlq_count", "{job}", "Jobs that are dead.");
    private readonly Counter<long> _workerErrors = meter.CreateCounter<long>("bgjob_worker_error_count", "{error}", "Faults of the worker itself.");

    internal void Ran(JobRecord job, TimeSpan took)
    {
        if (_duration.Enabled) _duration.Tell(Math.Max(1, (long)took.TotalMilliseconds), QueueOf(job), TypeOf(job));
    }

    internal void Committed(JobRecord before, JobRecord? after, JobEvent? happened)
    {
        var counter = after?.State switch
        {
            JobState.Completed => _succeeded,
            JobState.Dead when before.State is not JobState.Dead => _dead,
            { } state when happened is JobEvent.Failed && !state.IsFinal() => _retried,
            _ => null,
        };
        if (counter is { Enabled: true }) counter.Count(QueueOf(before), TypeOf(before));
    }

    internal void WorkerError() => _workerErrors.Count();

    private static KeyValuePair<string, object?> QueueOf(JobRecord job) => Tag("queue", job.Terms.Queue.Value);

    private static KeyValuePair<string, object?> TypeOf(JobRecord job) => Tag("job_type", job.Terms.Task);
}
