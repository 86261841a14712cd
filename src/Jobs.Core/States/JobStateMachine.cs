using System.Collections.Immutable;

namespace Jobs.Core;

/// <summary>
/// The only gate for a change of a job's state: a job, an event and the time give the transition, or null if the job cannot do this in
/// its state. Pure; whoever applies a transition commits it first (rule I2).
/// </summary>
/// <param name="limits">Bounds on the errors and log lines that are kept.</param>
public sealed class JobStateMachine(JobLimits limits)
{
    /// <summary>Decides what an event makes of a job.</summary>
    /// <returns>The transition; null if the event is refused in this state.</returns>
    public JobTransition? Apply(JobRecord job, JobEvent happened, DateTimeOffset now) => happened switch
    {
        JobEvent.Due => job.State is JobState.Scheduled or JobState.Retrying && job.RunAt <= now
            ? To(job, job with { State = JobState.Pending })
            : null,
        JobEvent.Started started => job.State is JobState.Pending ? To(job, Start(job, started, now)) : null,
        JobEvent.Ended ended => job.State is JobState.Running ? To(job, End(WithNotes(Unleased(job), ended.Notes), ended, now)) : null,
        JobEvent.Extended extended => job is { State: JobState.Running, Notes: { LeasedUntil: not null } notes }
            ? To(job, job with { Notes = notes with { LeasedUntil = extended.LeasedUntil } })
            : null,
        JobEvent.GivenBack => job.State is JobState.Running ? To(job, Wait(Unleased(job), job.RunAt, now)) : null,
        JobEvent.WorkerLost => job.State is JobState.Running ? To(job, Lose(job, now)) : null,
        JobEvent.Replaced replaced => job.State.IsFinal() && job.Id == replaced.By.Id ? To(job, Follow(job, replaced.By)) : null,
        JobEvent.Asked asked => Ask(job, asked.Action, now),
        _ => null,
    };

    private static JobTransition To(JobRecord before, JobRecord? after) => new(before, after);

    private static JobRecord Start(JobRecord job, JobEvent.Started started, DateTimeOffset now) => job with
    {
        State = JobState.Running,
        Worker = started.Worker,
        Notes = Bound(WithVersion(job, started.CodeVersion), started),
        StartedAt = now,
        Deliveries = job.Deliveries + 1,
        LastAttempt = job.NextAttempt,
    };

    /// <summary>Most jobs run under the version that enqueued them, and that is not noted twice.</summary>
    private static JobNotes? WithVersion(JobRecord job, string? version)
    {
        if (version == job.Terms.CodeVersion) version = null;
        return job.Notes?.CodeVersion == version ? job.Notes : (job.Notes ?? JobNotes.Empty) with { CodeVersion = version };
    }

    /// <summary>Until when the worker has the job, if that is known beforehand.</summary>
    private static JobNotes? Bound(JobNotes? notes, JobEvent.Started started) => started is { LeasedUntil: null, Heartbeat: null }
        ? notes
        : (notes ?? JobNotes.Empty) with { LeasedUntil = started.LeasedUntil, Heartbeat = started.Heartbeat };

    private static JobRecord Unleased(JobRecord job)
    {
        if (job.Notes is not { } notes || notes is { LeasedUntil: null, Heartbeat: null }) return job;
        var left = notes with { LeasedUntil = null, Heartbeat = null };
        return job with { Notes = left == JobNotes.Empty ? null : left };
    }

    private JobRecord End(JobRecord job, JobEvent.Ended ended, DateTimeOffset now) => ended switch
    {
        JobEvent.Succeeded succeeded => Finish(job, JobState.Completed, null, now) with { Result = succeeded.Result },
        JobEvent.Failed failed => Fail(job, failed, now),
        JobEvent.Snoozed snoozed => Wait(job with { Payload = snoozed.NewPayload ?? job.Payload }, snoozed.RunAt, now),
        JobEvent.Dropped dropped => Finish(job, JobState.Discarded, dropped.Reason, now),
        _ => throw new InvalidOperationException($"The end {ended.GetType()} is not known."),
    };

    private JobRecord Fail(JobRecord job, JobEvent.Failed failed, DateTimeOffset now)
    {
        var counted = WithError(job with { Failures = job.Failures + 1 }, failed.Error);
        if (!failed.Retryable) return Finish(counted, JobState.Dead, "its error allows no further attempt", now);
        if (counted.NextAttempt > job.Terms.MaxAttempts) return Exhaust(counted, now);
        return counted with { State = JobState.Retrying, RunAt = failed.RetryAt };
    }

    private JobRecord Lose(JobRecord job, DateTimeOffset now)
    {
        var message = job.LeasedUntil is { } until
            ? $"The lease of '{job.Worker}' ended at {until:O} without an answer."
            : $"The worker '{job.Worker}' was lost while it ran the job.";
        var error = new JobError(job.LastAttempt, now, nameof(JobEvent.WorkerLost), message);
        var lost = WithError(Unleased(job) with { LostDeliveries = job.LostDeliveries + 1 }, error);
        return lost.NextAttempt > job.Terms.MaxAttempts ? Exhaust(lost, now) : Wait(lost, job.RunAt, now);
    }

    private static JobRecord Exhaust(JobRecord job, DateTimeOffset now) => Finish(
        job,
        job.Terms.OnExhausted == ExhaustedAction.Discard ? JobState.Discarded : JobState.Dead,
        $"all {job.Terms.MaxAttempts} attempts are used up",
        now);

    private static JobRecord Finish(JobRecord job, JobState state, string? reason, DateTimeOffset now) => job with
    {
        State = state,
        FinishedAt = now,
        Notes = reason is null ? job.Notes : (job.Notes ?? JobNotes.Empty) with { Reason = reason },
    };

    private static JobRecord Wait(JobRecord job, DateTimeOffset runAt, DateTimeOffset now) => runAt > now
        ? job with { State = JobState.Scheduled, RunAt = runAt }
        : job with { State = JobState.Pending, RunAt = runAt };

    private static JobTransition? Ask(JobRecord job, JobAction action, DateTimeOffset now) => action switch
    {
        JobAction.CancelJob when !job.State.IsFinal() => To(job, Finish(Unleased(job), JobState.Cancelled, "it was cancelled", now)),
        JobAction.RetryJob when job.State is JobState.Retrying or JobState.Dead or JobState.Cancelled or JobState.Discarded =>
            job.PayloadPrunedAt is null ? To(job, Revive(job, now)) : null,
        JobAction.RunJobNow when job.State is JobState.Scheduled or JobState.Retrying =>
            To(job, job with { State = JobState.Pending, RunAt = now }),
        JobAction.DeleteJob delete when job.State is not JobState.Running || delete.WhenRunning => To(job, null),
        JobAction.RescheduleJob move when job.State is JobState.Scheduled or JobState.Pending or JobState.Retrying =>
            To(job, Move(job, move.RunAt, now)),
        JobAction.ChangeJobPriority change when !job.State.IsFinal() => To(job, job with { Priority = change.Priority }),
        _ => null,
    };

    /// <summary>Whoever moves a job has set its next time, so it is scheduled even if it has failed before: only a retry keeps its group's turn.</summary>
    private static JobRecord Move(JobRecord job, DateTimeOffset runAt, DateTimeOffset now) => runAt <= now
        ? job with { State = JobState.Pending, RunAt = now }
        : job with { State = JobState.Scheduled, RunAt = runAt };

    /// <summary>A retry by hand starts over: attempts, errors, result and times are cleared (002-45, C34); the delivery fence is not.</summary>
    private static JobRecord Revive(JobRecord job, DateTimeOffset now) => job with
    {
        State = JobState.Pending,
        RunAt = now,
        Failures = 0,
        LostDeliveries = 0,
        LastAttempt = 0,
        Worker = null,
        StartedAt = null,
        FinishedAt = null,
        Result = null,
        Notes = null,
    };

    /// <summary>Nothing is left of a job that is replaced but its delivery fence, so that no late outcome of it counts for the new one (rule I4).</summary>
    private static JobRecord Follow(JobRecord ended, JobRecord by) => by with { Deliveries = ended.Deliveries };

    private JobRecord WithError(JobRecord job, JobError error)
    {
        var notes = job.Notes ?? JobNotes.Empty;
        var errors = notes.Errors.Add(error);
        if (errors.Count > limits.MaxErrorsCount) errors = errors.RemoveRange(0, errors.Count - limits.MaxErrorsCount);
        return job with { Notes = notes with { Errors = errors } };
    }

    private JobRecord WithNotes(JobRecord job, AttemptNotes? written)
    {
        if (written is null) return job;
        var notes = job.Notes ?? JobNotes.Empty;
        var log = notes.Log.AddRange(written.Log);
        if (log.Count > limits.MaxLogLinesCount) log = log.RemoveRange(0, log.Count - limits.MaxLogLinesCount);
        return job with { Notes = notes with { Log = log, Progress = written.Progress ?? notes.Progress } };
    }
}
