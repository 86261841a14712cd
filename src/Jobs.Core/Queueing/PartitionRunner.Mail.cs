namespace Jobs.Core;

/// <content>What each kind of mail does. All of it runs on the partition's turn.</content>
internal sealed partial class PartitionRunner
{
    /// <summary>Ends in one turn of a partition up to which it counts as one with little to do.</summary>
    private const int MostEndsThatWait = 16;

    internal void ApplyInserted(IReadOnlyList<JobTransition> inserts, DateTimeOffset now)
    {
        foreach (var insert in inserts)
        {
            _partition.Inserted(insert.After!, now);
            _events.Committed(insert, null);
        }
    }

    internal void ApplyOutcome(JobId id, int delivery, JobEvent happened, DateTimeOffset now, AttemptTransaction? transaction = null)
    {
        var plan = _partition.Plan(id, happened, now, delivery);
        switch (plan.Verdict)
        {
            case PlanVerdict.Staged when transaction is not null:
                CommitIn(transaction, plan.Change!);
                break;
            case PlanVerdict.Staged:
                _staged.Add(plan.Change!);
                break;
            case PlanVerdict.Busy:
                Behind(plan.Change!, new PartitionMail.Outcome(id, delivery, happened, transaction));
                break;
            default:
                transaction?.Abandon();

                // The job ended otherwise meanwhile (rule I4); what is left to know is that its handler has returned.
                _partition.HandlerEnded(id, delivery, now);
                break;
        }
    }

    internal void ApplyAsk(PartitionMail.Ask ask, DateTimeOffset now) => Answer(ask, _partition.Plan(ask.Id, new JobEvent.Asked(ask.Action), now));

    internal void ApplyUntilTold(PartitionMail.UntilTold mail)
    {
        if (_partition.StagedOf(mail.Id) is { } change) Behind(change, mail);
        else mail.Tell();
    }

    internal void ApplyFound(PartitionMail.Ask ask, long find, JobRecord? stored, Exception? error, DateTimeOffset now)
    {
        if (stored is null) ask.Fail(error ?? new JobNotFoundException(ask.Id));
        else if (_pipeline.Entering([stored], Epoch).Count > 0) _ = PostWhenEnteredAsync(ask);
        else Answer(ask, _partition.PlanStored(stored, find, new JobEvent.Asked(ask.Action), now));
        _partition.EndFind(find);
    }

    private void Answer(PartitionMail.Ask ask, PlanResult plan)
    {
        switch (plan.Verdict)
        {
            case PlanVerdict.Staged:
                Submit(new StagedUnit(this, [plan.Change!], ask));
                break;
            case PlanVerdict.Busy:
                Behind(plan.Change!, ask);
                break;
            case PlanVerdict.NotHere:
                _ = AskStoreAsync(ask, _partition.BeginFind());
                break;
            default:
                ask.Fail(plan.PayloadPrunedAt is { } prunedAt
                    ? new PayloadPrunedException(ask.Id, prunedAt)
                    : new WrongJobStateException(ask.Id, plan.State, ask.Action.Name));
                break;
        }
    }

    internal void ApplySettled(StagedUnit unit, CommitVerdict verdict, DateTimeOffset now)
    {
        _underWay--;
        switch (verdict)
        {
            case CommitVerdict.Committed:
                if (unit.Failures > 0 && _failed.Count == 0) _events.Tried(JobsLoop.Outcomes, Key, null);
                foreach (var change in unit.Staged) Confirm(change, now);
                unit.Question?.Succeed(unit.Staged[0].Transition);
                break;
            case CommitVerdict.Conflict when unit.Question is PartitionMail.Ask question:
                Abort(unit, now);
                Post(question);
                break;
            case CommitVerdict.KeyTaken taken when unit.Question is { } question:
                Abort(unit, now);
                question.Fail(new UniqueKeyTakenException(taken.Id, unit.Staged[0].Transition.Job.UniqueKey ?? "", taken.Holder));
                break;
            case CommitVerdict.Failed failed when unit.Question is { } question:
                Abort(unit, now);
                question.Fail(failed.Error);
                break;
            case CommitVerdict.Failed failed:
                _events.Tried(JobsLoop.Outcomes, Key, failed.Error);
                _underWay++;
                _failed.Add(unit);
                _ = SubmitAgainAsync(unit, failed.Error);
                break;
            default:
                // Counted again where it is refused.
                _underWay++;
                Lose();
                RefuseSettled(unit, verdict);
                break;
        }
    }

    internal void ApplyWriteStarts(TaskCompletionSource? written)
    {
        if (written is null) _startsAsked = false;
        if ((written is null ? _partition.TakeLongUnwrittenStarts() : _partition.TakeUnwrittenStarts()) is { Count: > 0 } starts)
        {
            var unit = new StartUnit(starts, this);
            _startsUnderWay = unit.Written;
            _pipeline.Submit(unit);
        }

        // Whoever is about to look waits for starts that are still on their way, too: they settle in the order they were submitted.
        if (written is null) return;
        if (_startsUnderWay.IsCompleted) written.TrySetResult();
        else _ = _startsUnderWay.ContinueWith(_ => written.TrySetResult(), TaskScheduler.Default);
    }

    internal void ApplyPage(PageRequest request, IReadOnlyList<JobRecord>? jobs, Exception? error, DateTimeOffset now)
    {
        _events.Tried(JobsLoop.Paging, Key, error);
        if (error is not null) FailTakers(error);
        if (error is not null) PutOffWorkers();
        if (error is not null) AnswerLooks(evenWhileReading: true);
        if (error is null)
        {
            foreach (var id in _pipeline.Entering(jobs!, Epoch)) _partition.Enters(id);
            _partition.PageLoaded(request, jobs!, now);
            return;
        }

        WorkerLog.PageFailed(_log, error, Key, FirstRetry.TotalSeconds);
        _ = LoadPageAsync(request, FirstRetry);
    }

    /// <summary>
    /// True for the ends of a few jobs that leave the partition with nothing to do. A key and a group are free once the end is committed, so
    /// somebody may be about to come for them.
    /// </summary>
    private bool NothingWaitsFor(List<StagedChange> staged)
    {
        if (staged.Count > MostEndsThatWait || _partition.HasReady) return false;
        foreach (var change in staged)
        {
            if (!change.Transition.Ends || change.HandlerGoesOn || change.Behind is not null) return false;
            if (change.Transition.Job is not { UniqueKey: null, Terms.GroupKey: null } job || _events.IsAwaited(job)) return false;
        }

        return true;
    }

    private void Confirm(StagedChange change, DateTimeOffset now)
    {
        _partition.Confirm(change, now);
        if (change.HandlerGoesOn) StopHandler(change.Transition.Before!);
        _events.Committed(change.Transition, change.Happened);
        RunBehind(change);
    }

    private void Abort(StagedUnit unit, DateTimeOffset now)
    {
        foreach (var change in unit.Staged)
        {
            _partition.Abort(change, now);
            RunBehind(change);
        }
    }

    private void Behind(StagedChange change, PartitionMail mail) => (change.Behind ??= []).Add(() => Post(mail));

    private static void RunBehind(StagedChange change)
    {
        if (change.Behind is not { } behind) return;
        change.Behind = null;
        foreach (var action in behind) action();
    }

    private async Task PostWhenEnteredAsync(PartitionMail.Ask ask)
    {
        await _pipeline.WhenEnteredAsync().ConfigureAwait(false);
        Post(ask);
    }

    private async Task AskStoreAsync(PartitionMail.Ask ask, long find)
    {
        try
        {
            Post(new PartitionMail.Found(ask, find, await _store.FindAsync(ask.Id, CancellationToken.None).ConfigureAwait(false), null));
        }
        catch (Exception e)
        {
            Post(new PartitionMail.Found(ask, find, null, e));
        }
    }

    private async Task SubmitAgainAsync(StagedUnit unit, Exception error)
    {
        var delay = TimeSpan.FromTicks(Math.Min(LongestRetry.Ticks, FirstRetry.Ticks << Math.Min(unit.Failures++, 10)));
        WorkerLog.OutcomesDelayed(_log, error, Key, delay.TotalSeconds);
        await Task.Delay(delay, _clock).ConfigureAwait(false);
        Post(new PartitionMail.Again(unit));
    }
}
