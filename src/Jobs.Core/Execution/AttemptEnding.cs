namespace Jobs.Core;

/// <summary>Decides what the outcome of a handler means for its job: an event for the state machine. Pure but for the jitter's draw.</summary>
internal static class AttemptEnding
{
    internal static JobEvent Of(RunningJob job, JobOutcome outcome, DateTimeOffset now, RunEnvironment environment)
    {
        try
        {
            return Decide(job, outcome, now, environment);
        }
        catch (Exception e)
        {
            // A result that cannot be encoded, is too large or of a wrong type is a failure of the handler (002-10).
            return Failure(job, e, now, environment);
        }
    }

    /// <summary>What an attempt has ended with that did not end so: its transaction could not be committed.</summary>
    internal static JobEvent OfFailure(RunningJob job, Exception error, DateTimeOffset now, RunEnvironment environment) =>
        Failure(job, error, now, environment);

    /// <summary>What an outcome means; a value that cannot be stored is an exception.</summary>
    internal static JobEvent Decide(RunningJob job, JobOutcome outcome, DateTimeOffset now, RunEnvironment environment) => outcome switch
    {
        JobOutcome.Completed completed => Success(ResultOf(job, completed, environment), job.TakeNotes()),
        JobOutcome.Failed when job.Reason is CancelReason.Drain => new JobEvent.GivenBack(),
        JobOutcome.Failed { Exception: OperationCanceledException } when job is { Reason: CancelReason.Timeout, Record.Terms.Timeout: { } timeout } =>
            Failure(job, new JobTimeoutException(job.Id, timeout), now, environment),
        JobOutcome.Failed failed => Failure(job, failed.Exception, now, environment),
        JobOutcome.RetryAttempt retry => new JobEvent.Failed(
            Said(job, nameof(JobOutcome.Retry), retry.Error, now, environment), RetryAt(job, retry.After, null, now, environment), true, job.TakeNotes()),
        JobOutcome.Rescheduled later => new JobEvent.Snoozed(NextRun(job, later, now, environment), NewPayload(job, later, environment), job.TakeNotes()),
        JobOutcome.Dropped dropped => new JobEvent.Dropped(Text.Cut(dropped.Reason, environment.Limits.MaxErrorChars), job.TakeNotes()),
        JobOutcome.Buried buried => new JobEvent.Failed(
            Said(job, nameof(JobOutcome.DeadLetter), buried.Error, now, environment), now, false, job.TakeNotes()),
        _ => throw new InvalidHandlerResultException(job.Task, $"ended with {outcome?.GetType().Name ?? "null"}, which is no known outcome"),
    };

    private static JobEvent.Succeeded Success(ReadOnlyMemory<byte>? result, AttemptNotes? notes) =>
        result is null && notes is null ? JobEvent.Succeeded.Plain : new JobEvent.Succeeded(result, notes);

    private static JobEvent.Failed Failure(RunningJob job, Exception error, DateTimeOffset now, RunEnvironment environment)
    {
        var retryable = job.Record.Terms.OnException is ExceptionPolicy.Retry && IsRetryable(job, ref error);
        return new JobEvent.Failed(
            JobErrors.From(error, job.Attempt, now, environment.Limits), RetryAt(job, null, error, now, environment), retryable, job.TakeNotes());
    }

    private static bool IsRetryable(RunningJob job, ref Exception error)
    {
        try
        {
            return job.Registration?.Task.Options.RetryWhen?.Invoke(error) ?? true;
        }
        catch (Exception e)
        {
            error = new AggregateException("RetryWhen threw while it judged the handler's error.", error, e);
            return true;
        }
    }

    private static DateTimeOffset RetryAt(RunningJob job, TimeSpan? said, Exception? error, DateTimeOffset now, RunEnvironment environment)
    {
        if (said is { } delay) return Times.CeilingToMilliseconds(Times.Add(now, delay));
        var policy = job.Record.Terms.Backoff ?? job.Registration?.Task.Options.Backoff ?? RetryPolicy.Default;
        try
        {
            lock (environment.Random)
                return Times.CeilingToMilliseconds(Times.Add(now, RetryDelays.After(policy, job.Record.Failures + 1, error, environment.Random)));
        }
        catch (Exception)
        {
            // A custom policy that throws must not cost the job its error.
            lock (environment.Random)
                return Times.CeilingToMilliseconds(Times.Add(now, RetryDelays.After(RetryPolicy.Default, job.Record.Failures + 1, null, environment.Random)));
        }
    }

    private static JobError Said(RunningJob job, string kind, string message, DateTimeOffset now, RunEnvironment environment) =>
        new(job.Attempt, now, kind, Text.Cut(message, environment.Limits.MaxErrorChars));

    private static ReadOnlyMemory<byte>? ResultOf(RunningJob job, JobOutcome.Completed completed, RunEnvironment environment)
    {
        var task = job.Registration!.Task;
        if (completed.Encode is null)
        {
            if (job.Captured is null && task.ResultType is { } promised)
                throw new InvalidHandlerResultException(task.Name, $"said it is done without a result, but the task promises a {promised.Name}");
            return Stored(job, job.Captured, environment.Limits);
        }

        if (task.ResultType is { } wanted && !wanted.IsAssignableFrom(completed.ResultType))
            throw new InvalidHandlerResultException(task.Name, $"returned a {completed.ResultType.Name}, but the task promises a {wanted.Name}");
        return Stored(job, completed.Encode(task, environment.Codec), environment.Limits);
    }

    private static ReadOnlyMemory<byte>? Stored(RunningJob job, ReadOnlyMemory<byte>? result, JobLimits limits)
    {
        if (result is not { } bytes) return null;
        var stored = job.ToStored(bytes, PayloadPart.Result);
        return stored.Length > limits.MaxResultBytes
            ? throw new LimitExceededException(nameof(JobLimits.MaxResultBytes), stored.Length, limits.MaxResultBytes)
            : stored;
    }

    private static ReadOnlyMemory<byte>? NewPayload(RunningJob job, JobOutcome.Rescheduled later, RunEnvironment environment)
    {
        if (later.Encode is null) return null;
        var task = job.Registration!.Task;
        if (!task.PayloadType.IsInstanceOfType(later.NewPayload))
        {
            var given = later.NewPayload!.GetType().Name;
            throw new InvalidHandlerResultException(task.Name, $"rescheduled with a {given}, but the payload is a {task.PayloadType.Name}");
        }

        var bytes = job.ToStored(later.Encode(task, environment.Codec), PayloadPart.Payload);
        return bytes.Length > environment.Limits.MaxPayloadBytes
            ? throw new LimitExceededException(nameof(JobLimits.MaxPayloadBytes), bytes.Length, environment.Limits.MaxPayloadBytes)
            : bytes;
    }

    private static DateTimeOffset NextRun(RunningJob job, JobOutcome.Rescheduled later, DateTimeOffset now, RunEnvironment environment)
    {
        var next = later.Cron is { } cron
            ? cron.Next(now, later.Zone!) ?? throw new InvalidHandlerResultException(job.Task, $"rescheduled by '{cron}', which never fires again")
            : later.At ?? Times.Add(now, later.Delay ?? TimeSpan.Zero);
        return Times.Bounded(Times.CeilingToMilliseconds(next), now, environment.Limits);
    }
}
