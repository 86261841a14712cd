namespace Jobs.Core;

/// <summary>
/// Runs one attempt. From the outside in: metrics, recovery, request id, the application's middleware, the handler. Nothing that a
/// handler or a middleware throws comes out of it.
/// </summary>
internal sealed class TaskRunner
{
    private readonly TaskRegistry _registry;
    private readonly RunEnvironment _environment;
    private readonly UnknownTaskPolicy _onUnknownTask;
    private readonly JobDelegate _chain;

    internal TaskRunner(TaskRegistry registry, IReadOnlyList<IRunMiddleware> middleware, UnknownTaskPolicy onUnknownTask, RunEnvironment environment)
    {
        _registry = registry;
        _environment = environment;
        _onUnknownTask = onUnknownTask;
        _chain = middleware.Reverse().Aggregate<IRunMiddleware, JobDelegate>(
            static job => ((RunningJob)job).Registration!.Handler(job),
            static (next, outer) => job => outer.InvokeAsync(job, next));
    }

    internal async ValueTask<JobEvent> RunAsync(RunningJob job)
    {
        var clock = _environment.Clock;
        var started = clock.GetTimestamp();
        var activity = JobsActivitySource.StartRun(job.Record);
        using var scope = JobLog.Scope(_environment.Log, job.Record);
        JobLog.Started(_environment.Log, job.Attempt, job.Id, job.Task);
        _environment.Metrics.Started(job.Record);
        job.StartTimeout();
        var outcome = await RecoverAsync(job).ConfigureAwait(false);
        if (job.NeedsDisposal && await DisposeAsync(job).ConfigureAwait(false) is { } error && outcome is JobOutcome.Completed)
            outcome = new JobOutcome.Failed(error);
        var ending = AttemptEnding.Of(job, outcome, clock.GetUtcNow(), _environment);
        if (job.Transaction is not null) await EndTransactionAsync(job, ending).ConfigureAwait(false);
        _environment.Metrics.Ran(job.Record, ending.GetType().Name, ending is JobEvent.Succeeded, clock.GetElapsedTime(started));
        EnqueueSpan.End(activity, (ending as JobEvent.Failed)?.Error.Message);
        return ending;
    }

    /// <summary>What a handler brought about on purpose commits with what it wrote; what went wrong, or was stopped, takes that back.</summary>
    private static async ValueTask EndTransactionAsync(RunningJob job, JobEvent ending)
    {
        if (ending is JobEvent.Ended and not JobEvent.Failed) job.Committing = job.Transaction;
        else await job.Transaction!.RollBackAsync().ConfigureAwait(false);
    }

    private async ValueTask BeginTransactionAsync(RunningJob job)
    {
        if (_environment.Transactions is not { } transactions) throw new TransactionsNotKeptException(job.Task);
        job.Transaction = new AttemptTransaction(await transactions.BeginAsync(job.Cancellation).ConfigureAwait(false), job, _environment);
    }

    private static async ValueTask<Exception?> DisposeAsync(RunningJob job)
    {
        try
        {
            await job.DisposeAsync().ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private async ValueTask<JobOutcome> RecoverAsync(RunningJob job)
    {
        try
        {
            JobRequest.Id = job.RequestId;
            if (job.User is not null) JobRequest.User = job.User;
            job.Registration = _registry.Find(job.Task);
            if (job.Registration is null)
            {
                // The handler was removed after the job was handed out: it waits for the next one, and no attempt is used.
                if (_onUnknownTask is UnknownTaskPolicy.Hold or UnknownTaskPolicy.Reject) job.Stop(CancelReason.Drain);
                return Unknown(job);
            }

            if (job.Registration.IsTransactional) await BeginTransactionAsync(job).ConfigureAwait(false);
            var outcome = job.Registration.Task.Options.Blocking
                ? await RunOnOwnThreadAsync(job).ConfigureAwait(false)
                : await _chain(job).ConfigureAwait(false);
            return outcome ?? throw new InvalidHandlerResultException(job.Task, "or a middleware around it returned null instead of a JobOutcome");
        }
        catch (Exception e)
        {
            return new JobOutcome.Failed(e);
        }
    }

    private Task<JobOutcome> RunOnOwnThreadAsync(RunningJob job) => Task.Factory.StartNew(
        static state =>
        {
            var (chain, job) = ((JobDelegate, RunningJob))state!;
            return chain(job).AsTask();
        },
        (_chain, job),
        CancellationToken.None,
        TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
        TaskScheduler.Default).Unwrap();

    private JobOutcome Unknown(RunningJob job) => _onUnknownTask switch
    {
        UnknownTaskPolicy.Discard => JobOutcome.Discard($"no handler is registered for the task '{job.Task}'"),
        UnknownTaskPolicy.DeadLetter => JobOutcome.DeadLetter($"No handler is registered for the task '{job.Task}'."),
        _ => new JobOutcome.Failed(new TaskNotRegisteredException(job.Task, _registry.Names)),
    };
}
