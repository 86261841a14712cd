namespace Jobs.Core;

/// <summary>Further names under which measurements are published, beside those of the meter itself.</summary>
[Flags]
public enum MetricNames
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>
    /// Those of gue: <c>gue_client_enqueue</c>, <c>gue_client_lock_job</c>, <c>gue_worker_jobs_worked</c>, <c>gue_worker_jobs_duration</c>, with
    /// the tags <c>job-type</c> and <c>success</c>.
    /// </summary>
    Gue = 1,

    /// <summary>
    /// Those of bgjob: <c>bgjob_execute_duration_ms</c>, <c>bgjob_execute_success_count</c>, <c>bgjob_execute_retry_count</c>,
    /// <c>bgjob_execute_dlq_count</c>, <c>bgjob_worker_error_count</c>, with the tags <c>queue</c> and <c>job_type</c>.
    /// </summary>
    BgJob = 2,
}
