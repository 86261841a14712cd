using System.Diagnostics.Metrics;
using static Jobs.Core.IsolatedInstruments;

namespace Jobs.Core;

/// <summary>
/// Measurements under the names, tags and units of gue. An attempt is a success if its handler is done: there, as here, whoever wants to run
/// again, or gives the job up, has not succeeded. What is enqueued or handed out is committed or leased, so these are never without success.
/// </summary>
internal sealed class GueMetrics(Meter meter)
{
    private static readonly object Yes = true;
    private static readonly object No = false;

    private readonly Counter<long> _enqueued = meter.CreateCounter<long>("gue_client_enqueue", "1", "Jobs that were enqueued.");
    private readonly Counter<long> _locked = meter.CreateCounter<long>("gue_client_lock_job", "1", "Jobs that were handed out.");
    private readonly Counter<long> _worked = meter.CreateCounter<long>("gue_worker_jobs_worked", "1", "Attempts that have ended.");
    private readonly Histogram<long> _duration = meter.CreateHistogram<long>("gue_worker_jobs_duration", "ms", "How long attempts run.");

    internal void Enqueued(JobRecord job)
    {
        if (_enqueued.Enabled) _enqueued.Count(TypeOf(job), new("success", Yes));
    }

    internal void Started(JobRecord job)
    {
        if (_locked.Enabled) _locked.Count(TypeOf(job), new("success", Yes));
    }

    internal void Ran(JobRecord job, bool isDone, TimeSpan took)
    {
        if (_worked.Enabled) _worked.Count(TypeOf(job), new("success", isDone ? Yes : No));
        if (_duration.Enabled) _duration.Tell((long)took.TotalMilliseconds, TypeOf(job));
    }

    private static KeyValuePair<string, object?> TypeOf(JobRecord job) => Tag("job-type", job.Terms.Task);
}
