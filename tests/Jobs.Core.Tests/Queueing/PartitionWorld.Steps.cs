namespace Jobs.Core.Tests.Queueing;

/// <content>What can happen.</content>
internal sealed partial class PartitionWorld
{
    private const int MostUnfinished = 60;
    private const int MostFinished = 30;

    private bool AllPagesAreIn => _unread.Count == 0 && _read.Count == 0 && _mail.Count == 0;

    private void Insert()
    {
        if (_model.Jobs.Count(j => !j.IsFinished) > MostUnfinished) return;
        var changes = new List<ModelUnit>();
        var first = _partition.TakeSequence(2);
        for (var i = 0; i < _random.Next(1, 3); i++)
        {
            var terms = OneOf(_terms);
            var runAt = _now + (_random.Next(3) > 0 ? TimeSpan.Zero : Seconds(_random.Next(5) == 0 ? 300 : 20));
            var record = new JobRecord
            {
                Id = _ids.Next(QueueName.Default, 0),
                Terms = terms,
                Payload = default,
                State = runAt > _now ? JobState.Scheduled : JobState.Pending,
                Sequence = first + i,
                EnqueuedAt = _now,
                RunAt = runAt,
                Priority = _random.Next(3),
            };
            var job = new ModelJob(record);
            _model.Jobs.Add(job);
            Submit(new ModelUnit([new JobChange(new JobTransition(null, record), _epoch)]) { Inserted = job, Job = job });
        }
    }

    /// <summary>Callers have their sequence numbers before they wait for room, so they may come in another order.</summary>
    private void Submit(ModelUnit insert)
    {
        if (_heldBack is null && _random.Next(4) == 0)
        {
            _heldBack = insert;
            return;
        }

        _submitted.Enqueue(insert);
        if (_random.Next(3) == 0) SubmitHeldBack();
    }

    private void SubmitHeldBack()
    {
        if (_heldBack is { } late) _submitted.Enqueue(late);
        _heldBack = null;
    }

    /// <summary>Works through mail, then looks around as the runner does: due jobs, hand-outs, pages.</summary>
    private void Turn(int mail)
    {
        _model.NoteDue(_now, allPagesAreIn: false);
        for (var i = 0; i < mail && _mail.TryDequeue(out var item); i++) item();
        _partition.Advance(_now);
        RequestPages();
        if (!_calm && _random.NextDouble() >= _lag) BringPagesIn();
        _model.NoteDue(_now, AllPagesAreIn);
        foreach (var sink in _sinks) Dispatch(sink);
        RequestPages();
        if (_calm) WriteStarts();
    }

    private void BringPagesIn()
    {
        for (var round = 0; _unread.Count + _read.Count > 0; round++)
        {
            Check.That(round < 1000, $"pages are asked for without end");
            while (_unread.Count > 0) ReadPage();
            while (_read.Count > 0) PostPage(canFail: false);
            while (_mail.TryDequeue(out var item)) item();
            _partition.Advance(_now);
            RequestPages();
        }
    }

    private void RequestPages()
    {
        while (_partition.NextPage(_now) is { } request) _unread.Add(request);
    }

    private void Dispatch(ModelSink sink)
    {
        var allPagesAreIn = AllPagesAreIn;
        _assignments.Clear();
        var saysMore = _partition.Dispatch(sink, _now, _assignments);
        sink.Rewind(_assignments);
        foreach (var assignment in _assignments)
        {
            HandOuts++;
            Check.That(sink.Free > 0 && sink.HasTaskSlot(assignment.Job.Terms.Task), $"a job was handed out without a slot");
            _model.HandOut(assignment.Job, sink, _now, allPagesAreIn);
            sink.Forward(assignment);
        }

        if (allPagesAreIn && _partition.NextPage(_now) is { } request) _unread.Add(request);
        else if (allPagesAreIn) _model.NothingLeft(sink, saysMore, _now);
    }

    private void ReadPage()
    {
        if (_unread.Count == 0) return;
        var request = OneOf(_unread);
        _unread.Remove(request);
        Pages++;
        _read.Add((request, Done(_store.LoadAsync(request, CancellationToken.None))));
    }

    private void PostPage(bool canFail)
    {
        if (_read.Count == 0) return;
        var page = OneOf(_read);
        _read.Remove(page);
        if (canFail && _random.Next(5) == 0) _mail.Enqueue(() => _partition.PageFailed(page.Request));
        else _mail.Enqueue(() => _partition.PageLoaded(page.Request, page.Jobs, _now));
    }

    /// <summary>Looks up a job that a question was not about the window for; the answer is mail, so it may be out of date when it is read.</summary>
    private void FindJob()
    {
        if (_finds.Count == 0) return;
        var (job, happened, find) = OneOf(_finds);
        _finds.Remove((job, happened, find));
        var found = Done(_store.FindAsync(job.Id, CancellationToken.None));
        Check.That(found is null == job.Stored is null, $"job {job.Sequence} is {found?.State} in the store");
        _mail.Enqueue(() => ApplyFound(job, happened, find, found));
    }

    private void FinishHandler()
    {
        var running = _model.Handlers.Where(h => !h.HasReported).ToList();
        if (running.Count == 0) return;
        JobEvent happened = _random.Next(20) switch
        {
            < 10 => new JobEvent.Succeeded(null),
            < 14 => new JobEvent.Failed(States.Sample.Error(), _now + Seconds(10), Retryable: _random.Next(8) > 0),
            < 17 => new JobEvent.Snoozed(_now + Seconds(20), null),
            < 18 => new JobEvent.Dropped("not wanted"),
            _ => new JobEvent.GivenBack(),
        };
        Report(OneOf(running), happened);
    }

    private void Report(ModelHandler handler, JobEvent happened)
    {
        handler.HasReported = true;
        handler.Sink.Release(handler.Job.Task);
        _mail.Enqueue(() => ApplyOutcome(handler, happened));
    }

    /// <summary>A worker that was given up for dead reports after all (rule I4).</summary>
    private void ZombieReports()
    {
        if (_zombies.Count == 0) return;
        var zombie = OneOf(_zombies);
        _mail.Enqueue(() =>
        {
            var plan = _partition.Plan(zombie.Job.Id, new JobEvent.Succeeded(null), _now, zombie.Delivery);
            Check.That(plan.Verdict is PlanVerdict.Stale or PlanVerdict.Busy, $"a late outcome of job {zombie.Job.Sequence} was {plan.Verdict}");
            if (plan.Verdict is PlanVerdict.Stale) _partition.HandlerEnded(zombie.Job.Id, zombie.Delivery, _now);
        });
    }

    private void LoseWorker()
    {
        if (_sinks.Count == 0) return;
        var sink = OneOf(_sinks);
        _sinks.Remove(sink);
        _dead.Add(sink);
        _mail.Enqueue(() => Lose(sink.Worker));
        AddSink();
    }

    private void Ask()
    {
        if (_model.Jobs.Count == 0) return;
        var job = OneOf(_model.Jobs);
        var action = _random.Next(16) switch
        {
            < 3 => JobAction.Cancel,
            < 4 => JobAction.Delete(),
            < 5 => JobAction.Delete(whenRunning: true),
            < 8 => JobAction.Retry,
            < 10 => JobAction.RunNow,
            < 13 => JobAction.Reschedule(_now + Seconds(20)),
            _ => JobAction.ChangePriority(_random.Next(3)),
        };
        _mail.Enqueue(() => ApplyAsk(job, new JobEvent.Asked(action)));
        if (_model.Jobs.Count(j => j.IsFinished) <= MostFinished) return;
        var old = _model.Jobs.First(j => j.IsFinished);
        _mail.Enqueue(() => ApplyAsk(old, new JobEvent.Asked(JobAction.Delete())));
    }

    private void WriteStarts()
    {
        var takesAll = _calm || _random.Next(2) == 0;
        if ((takesAll ? _partition.TakeUnwrittenStarts() : _partition.TakeLongUnwrittenStarts()) is { Count: > 0 } starts)
            _submitted.Enqueue(new ModelUnit([.. starts.Select(s => new JobChange(s, _epoch))]));
    }
}
