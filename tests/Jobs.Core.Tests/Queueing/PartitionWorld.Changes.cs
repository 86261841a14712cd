namespace Jobs.Core.Tests.Queueing;

/// <content>From a plan to the store and back.</content>
internal sealed partial class PartitionWorld
{
    private void ApplyOutcome(ModelHandler handler, JobEvent happened)
    {
        var job = handler.Job;
        var plan = _partition.Plan(job.Id, happened, _now, handler.Delivery);
        var counts = job.Live is { State: JobState.Running } live && live.Deliveries == handler.Delivery && _model.Handlers.Contains(handler);
        switch (plan.Verdict)
        {
            case PlanVerdict.Staged:
                Check.That(counts && !job.IsStaged, $"an outcome of job {job.Sequence} counted that must not");
                Submit(plan.Change!, job, happened, handler);
                break;
            case PlanVerdict.Busy:
                Behind(plan.Change!, () => ApplyOutcome(handler, happened));
                break;
            default:
                Check.That(!counts, $"the outcome of job {job.Sequence} was {plan.Verdict}");
                _partition.HandlerEnded(job.Id, handler.Delivery, _now);
                _model.Handlers.Remove(handler);
                if (!job.IsStaged && job.IsDue(_now)) job.Eligible(++_model.Step);
                break;
        }
    }

    private void ApplyAsk(ModelJob job, JobEvent.Asked happened) => Answer(job, happened, null, _partition.Plan(job.Id, happened, _now));

    private void ApplyFound(ModelJob job, JobEvent.Asked happened, long find, JobRecord? stored)
    {
        if (stored is not null) Answer(job, happened, stored, _partition.PlanStored(stored, find, happened, _now));
        _partition.EndFind(find);
    }

    private void Answer(ModelJob job, JobEvent.Asked happened, JobRecord? stored, PlanResult plan)
    {
        switch (plan.Verdict)
        {
            case PlanVerdict.Staged:
                Submit(plan.Change!, job, happened, null, stored is not null);
                break;
            case PlanVerdict.Busy:
                Behind(plan.Change!, () => ApplyAsk(job, happened));
                break;
            case PlanVerdict.NotHere:
                Check.That(job.Live?.State is not JobState.Running, $"job {job.Sequence} runs and is not in the window");
                _finds.Add((job, happened, _partition.BeginFind()));
                break;
            default:
                Check.That(plan.Verdict is PlanVerdict.Refused, $"a question got the answer {plan.Verdict}");
                Check.That(
                    new[] { stored, job.Live }.OfType<JobRecord>().SelectMany(known => new[] { known, _model.Due(known, _now) })
                        .Any(known => _machine.Apply(known, happened, _now) is null),
                    $"{happened.Action.GetType().Name} of job {job.Sequence} was refused in state {plan.State}, and it is {job.Live?.State}");
                break;
        }
    }

    private void Lose(string worker)
    {
        foreach (var handler in _model.Handlers.Where(h => h.Sink.Worker == worker && !h.Job.IsStaged).ToList())
        {
            _model.Handlers.Remove(handler);
            _zombies.Add(handler);
        }

        foreach (var change in _partition.PlanWorkerLost(worker, _now))
            Submit(change, _model.Find(change.Transition.Job.Id)!, new JobEvent.WorkerLost(), null);
    }

    private void Submit(StagedChange change, ModelJob job, JobEvent happened, ModelHandler? handler, bool fromStore = false)
    {
        Check.That(!job.IsStaged, $"two changes of job {job.Sequence} are under way");
        job.IsStaged = true;
        var before = fromStore ? change.Transition.Before! : job.Live!;
        var expected = new[] { before, _model.Due(before, _now) }.Select(job => _machine.Apply(job, happened, _now)).ToList();
        Check.That(
            expected.Exists(t => t is not null && AreSame(t.After, change.Transition.After)),
            $"{happened} made {change.Transition.After} of {change.Transition.Before}");
        _submitted.Enqueue(new ModelUnit([new JobChange(change.Transition, _epoch)])
        {
            Staged = change,
            Job = job,
            Happened = happened,
            Handler = handler,
            IsFromStore = fromStore,
        });
    }

    private void Behind(StagedChange change, Action mail)
    {
        if (!_behind.TryGetValue(change, out var waiting)) _behind.Add(change, waiting = []);
        waiting.Add(mail);
    }

    /// <summary>One commit to the store. What was settled by the commit before is posted first, as the pipeline does.</summary>
    private void Commit(int most, bool canFail)
    {
        PostSettled();
        var units = new List<ModelUnit>();
        while (units.Count < most && _submitted.TryDequeue(out var unit)) units.Add(unit);
        if (units.Count == 0) return;
        var fails = canFail && _random.Next(10) == 0;
        var verdicts = fails ? null : Done(_store.CommitAsync(units, CancellationToken.None));
        for (var i = 0; i < units.Count; i++)
        {
            units[i].Settle(verdicts?[i] ?? new CommitVerdict.Failed(new IOException("the store is away")));
            if (units[i].Verdict is CommitVerdict.Committed) TakeNote(units[i]);
            else Check.That(fails || units[i].IsFromStore, $"the store refused {units[i].Happened} of {units[i].Job?.Sequence}: {units[i].Verdict}");
            _committed.Enqueue(units[i]);
        }
    }

    private void TakeNote(ModelUnit unit)
    {
        foreach (var change in unit.Changes)
        {
            if (_model.Find(change.Transition.Job.Id) is not { } job) continue;
            Check.That(
                change.Transition.Before is not { } before || AreSame(_model.Due(job.Stored!, _now), _model.Due(before, _now), ignoreStart: true),
                $"{unit.Happened} of job {job.Sequence} was decided on {change.Transition.Before} and the store has {job.Stored}");
            job.Stored = change.Transition.After;
            if (unit.Inserted is null) continue;
            job.Live = job.Stored;
            if (job.IsDue(_now)) job.EligibleFrom = ++_model.Step;
        }
    }

    private void PostSettled()
    {
        while (_committed.TryDequeue(out var unit)) _mail.Enqueue(() => ApplySettled(unit));
    }

    private void ApplySettled(ModelUnit unit)
    {
        var committed = unit.Verdict is CommitVerdict.Committed;
        if (unit.Inserted is { } inserted)
        {
            if (committed) _partition.Inserted(unit.Changes[0].Transition.After!, _now);
            else _model.Jobs.Remove(inserted);
            inserted.IsKnown = committed;
            if (inserted.EligibleSurely == ModelJob.Never && inserted.Live?.State is JobState.Pending) inserted.Eligible(++_model.Step);
        }

        if (unit.Staged is not { } change) return;
        if (committed)
        {
            _partition.Confirm(change, _now);
            _model.Confirm(unit.Job!, change.Transition.After, unit.Happened!, _now);
        }
        else
        {
            _partition.Abort(change, _now);
            _model.Abort(unit.Job!, _now);
            if (unit.Handler is { } handler) _mail.Enqueue(() => ApplyOutcome(handler, unit.Happened!));
            else if (unit.Happened is JobEvent.WorkerLost) _mail.Enqueue(() => Lose(unit.Job!.Live!.Worker!));
        }

        if (_behind.Remove(change, out var behind)) behind.ForEach(_mail.Enqueue);
        foreach (var dead in _dead) Lose(dead.Worker);
    }

    private static bool AreSame(JobRecord? one, JobRecord? other, bool ignoreStart = false) =>
        (one is null) == (other is null) && (one is null || (one.RunAt == other!.RunAt && one.Priority == other.Priority && (ignoreStart
            || (one.State == other.State && one.Deliveries == other.Deliveries && one.Failures == other.Failures
                && one.LostDeliveries == other.LostDeliveries))));
}
