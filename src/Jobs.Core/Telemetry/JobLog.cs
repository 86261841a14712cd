using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>What is logged of each job, besides what the engine logs of itself: its attempts and how they ended, once that is committed.</summary>
internal static partial class JobLog
{
    /// <summary>Everything logged until it is disposed names the job; null if nobody logs.</summary>
    internal static IDisposable? Scope(ILogger log, JobRecord job) => log.IsEnabled(LogLevel.Critical) ? log.BeginScope(new JobLogScope(job)) : null;

    [LoggerMessage(30, LogLevel.Debug, "Attempt {Attempt} of job {JobId} ({Task}) starts.")]
    internal static partial void Started(ILogger log, int attempt, JobId jobId, string task);

    /// <summary>Logs a committed step, if it is the end of an attempt or of the job.</summary>
    internal static void Told(ILogger log, JobRecord? before, JobRecord? after, JobEvent? happened)
    {
        if (before is null || after is null) return;
        var (id, task, request) = (after.Id, after.Terms.Task, after.Terms.RequestId);
        switch (after.State)
        {
            case JobState.Completed when log.IsEnabled(LogLevel.Debug):
                Completed(log, id, task, request, Milliseconds(after.StartedAt, after.FinishedAt));
                break;
            case JobState.Retrying when happened is JobEvent.Failed failed:
                var took = Milliseconds(before.StartedAt, failed.Error.At);
                WillRetry(log, failed.Error.Attempt, id, task, request, took, after.RunAt, failed.Error.Type, failed.Error.Message);
                break;
            case JobState.Dead when !before.State.IsFinal():
                var error = after.Notes is { Errors: { Count: > 0 } errors } ? errors[^1] : null;
                Dead(log, id, task, request, after.Failures, Milliseconds(before.StartedAt, after.FinishedAt), error?.Type, error?.Message);
                break;
            case JobState.Discarded when !before.State.IsFinal():
                Discarded(log, id, task, request, after.Notes?.Reason);
                break;
            case JobState.Scheduled or JobState.Pending when happened is JobEvent.Snoozed:
                Rescheduled(log, id, task, request, after.RunAt);
                break;
        }
    }

    [LoggerMessage(31, LogLevel.Debug, "Job {JobId} ({Task}) is completed after {DurationMs} ms; request {RequestId}.")]
    private static partial void Completed(ILogger log, JobId jobId, string task, string? requestId, long durationMs);

    [LoggerMessage(
        32, LogLevel.Warning,
        "Attempt {Attempt} of job {JobId} ({Task}) failed after {DurationMs} ms and is followed by another one at {RunAt:o}; request {RequestId}: "
        + "{ErrorType}: {ErrorMessage}")]
    private static partial void WillRetry(
        ILogger log, int attempt, JobId jobId, string task, string? requestId, long durationMs, DateTimeOffset runAt, string errorType, string errorMessage);

    [LoggerMessage(
        33, LogLevel.Error,
        "Job {JobId} ({Task}) is dead after {Failures} failed attempts, the last of {DurationMs} ms; request {RequestId}: {ErrorType}: {ErrorMessage}")]
    private static partial void Dead(
        ILogger log, JobId jobId, string task, string? requestId, int failures, long durationMs, string? errorType, string? errorMessage);

    [LoggerMessage(34, LogLevel.Information, "Job {JobId} ({Task}) is discarded; request {RequestId}: {Reason}")]
    private static partial void Discarded(ILogger log, JobId jobId, string task, string? requestId, string? reason);

    [LoggerMessage(35, LogLevel.Debug, "Job {JobId} ({Task}) asked to run again at {RunAt:o}; request {RequestId}.")]
    private static partial void Rescheduled(ILogger log, JobId jobId, string task, string? requestId, DateTimeOffset runAt);

    private static long Milliseconds(DateTimeOffset? from, DateTimeOffset? to) =>
        from is { } start && to is { } end && end > start ? (long)(end - start).TotalMilliseconds : 0;
}
