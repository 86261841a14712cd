namespace Jobs.Core;

/// <content>
/// How it ends: by a stop, by another owner, or by a fault on its turn. From then on mail is refused, on the turn too, so that nobody who
/// waits for an answer is left waiting.
/// </content>
internal sealed partial class PartitionRunner
{
    private readonly HashSet<StagedUnit> _failed = [];
    private readonly List<TaskCompletionSource> _waitForQuiet = [];
    private readonly List<TaskCompletionSource> _waitForGone = [];
    private int _underWay;
    private bool _lost;
    private bool _toldLost;
    private bool _gaveUp;

    internal void ApplyAgain(StagedUnit unit)
    {
        if (_gaveUp || !_failed.Remove(unit)) return;
        _underWay--;
        Submit(unit);
    }

    internal void ApplyQuiet(TaskCompletionSource reached) => _waitForQuiet.Add(reached);

    internal void ApplyGiveUp()
    {
        _gaveUp = true;
        if (_failed.Count > 0) WorkerLog.OutcomesGivenUp(_log, _failed.Sum(u => u.Staged.Count), Key);
    }

    /// <summary>
    /// The store has answered, but the runner has stopped. What is committed is true nevertheless; outcomes that are not are passed on,
    /// in case this process opens the partition again.
    /// </summary>
    internal void RefuseSettled(StagedUnit unit, CommitVerdict verdict)
    {
        _underWay--;
        var committed = verdict is CommitVerdict.Committed;
        if (unit.Question is { } question)
        {
            if (committed) question.Succeed(unit.Staged[0].Transition);
            else RefuseQuestion(question);
        }

        foreach (var change in unit.Staged)
        {
            if (committed) _events.Committed(change.Transition, change.Happened);
            else if (unit.Question is null) PassOn(change);
            RunBehind(change);
        }
    }

    private Exception WhyRefused(string action) => _lost ? new PartitionLostException(Key) : new ServiceStoppedException(action);

    internal void RefuseOutcome(JobId id, int delivery, JobEvent happened, AttemptTransaction? transaction)
    {
        if (transaction is not null)
        {
            // What the handler wrote is gone with it, so the attempt has not been.
            transaction.Abandon();
            happened = new JobEvent.GivenBack();
        }

        if (_lost && _partition.Find(id) is { State: JobState.Running } job && job.Deliveries == delivery) _events.Unwritten(job, happened);
    }

    /// <summary>A question to a partition that was lost is asked again by whoever asked, when it has an owner.</summary>
    internal void RefuseQuestion(PartitionMail.Question question) =>
        question.Fail(WhyRefused("change jobs"));

    private void PassOn(StagedChange change)
    {
        if (_lost && change is { Happened: not null, Transition.Before: { State: JobState.Running } running })
            _events.Unwritten(running, change.UnlessCommitted ?? change.Happened);
    }

    private void Submit(CommitUnit unit)
    {
        _underWay++;
        _pipeline.Submit(unit);
    }

    /// <summary>Quiet is when no mail is left and every change is settled, or given up.</summary>
    private void TellWhoWaitsForQuiet()
    {
        if (_waitForQuiet.Count == 0 || _underWay > (_gaveUp ? _failed.Count : 0)) return;
        foreach (var reached in _waitForQuiet) reached.TrySetResult();
        _waitForQuiet.Clear();
    }

    /// <summary>The partition has another owner, or what the store says of it and what is in memory have parted: it must be opened anew.</summary>
    internal void Lose()
    {
        WorkerLog.Fenced(_log, Key);
        _lost = true;
        _stopped = true;
    }

    /// <summary>Tells the host, once, when nothing of this owner is on its way to the store any more.</summary>
    private void TellIfLost()
    {
        if (!_stopped || _underWay > 0) return;
        foreach (var gone in _waitForGone) gone.TrySetResult();
        _waitForGone.Clear();
        if (!_lost || _toldLost) return;
        _toldLost = true;
        _events.Lost(this);
    }

    /// <summary>
    /// The partition is served elsewhere, or will be: nothing more is handed out, and what is on its way to the store is passed on unless it is
    /// committed. The host knows, so it is not told.
    /// </summary>
    internal void ApplyLetGo(TaskCompletionSource gone)
    {
        _lost = true;
        _toldLost = true;
        _stopped = true;
        TellWhenGone(gone);
    }

    internal void TellWhenGone(TaskCompletionSource gone)
    {
        _waitForGone.Add(gone);
        TellIfLost();
    }

    /// <summary>A fault of the library, or of something that promised not to throw: what is in memory can no longer be trusted.</summary>
    private void Fail(Exception error, List<PartitionMail> mail)
    {
        _lost = true;
        _stopped = true;
        if (_mailAt < mail.Count) mail[_mailAt].RefuseHalfDone(this);
        foreach (var item in mail.Skip(_mailAt + 1)) item.Refuse(this);
        Close();
        _events.PartitionFailed(Key, error);
        TellIfLost();
    }

    private void Close()
    {
        foreach (var change in _staged)
        {
            PassOn(change);
            RunBehind(change);
        }

        _staged.Clear();
        foreach (var unit in _failed)
        {
            _underWay--;
            foreach (var change in unit.Staged)
            {
                PassOn(change);
                RunBehind(change);
            }
        }

        _failed.Clear();
        RefuseTakers();
        RefuseExchanges();
        RefuseLooks();
        _partition.Limits?.Rest();
        foreach (var reached in _waitForQuiet) reached.TrySetResult();
        _waitForQuiet.Clear();
    }
}
