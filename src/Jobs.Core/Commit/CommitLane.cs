namespace Jobs.Core;

/// <summary>
/// Units that go to the store one group after the other. The pipeline's lock guards what is queued; committing happens outside of it.
/// </summary>
/// <param name="store">Where they are committed.</param>
/// <param name="resolver">Finds out what became of a commit whose answer was lost.</param>
/// <param name="health">Hears of commits; null for nobody.</param>
/// <param name="gathers">Whether units that can wait do so while the lane is at rest.</param>
/// <param name="givenUp">Ends the waiting for the store.</param>
internal sealed class CommitLane(IJobStore store, CommitResolver resolver, EngineHealth? health, bool gathers, CancellationToken givenUp)
{
    private List<CommitUnit> _queue = [];
    private List<CommitUnit> _spare = [];
    private List<CommitUnit>? _underWay;
    private TaskCompletionSource? _settled;
    private int _queuedChanges;

    /// <summary>True from the first unit until all are settled.</summary>
    internal bool IsBusy { get; private set; }

    /// <summary>True while units wait for others to go with, and nobody runs the lane.</summary>
    internal bool IsGathering { get; private set; }

    internal long Commits { get; private set; }

    /// <summary>Queues a unit.</summary>
    /// <returns>True if nobody runs the lane, so that the caller has to.</returns>
    internal bool Add(CommitUnit unit)
    {
        _queue.Add(unit);
        _queuedChanges += unit.Changes.Count;
        var waits = gathers && unit.CanWait;
        if (IsGathering) return !waits && EndGathering();
        if (IsBusy) return false;
        IsBusy = true;
        IsGathering = waits;
        return !waits;
    }

    /// <summary>Has what is queued wait for others, if all of it can.</summary>
    /// <returns>True if it does; nobody runs the lane then.</returns>
    internal bool TryGatherQueued()
    {
        if (!gathers || _queue.Count == 0 || !_queue.TrueForAll(static unit => unit.CanWait)) return false;
        return IsGathering = true;
    }

    /// <summary>Has what was gathered go to the store.</summary>
    /// <returns>True if anything was gathering; the caller has to run the lane then.</returns>
    internal bool EndGathering()
    {
        var gathered = IsGathering;
        IsGathering = false;
        return gathered;
    }

    /// <summary>All units that are queued; null if there are none, and then the lane is at rest.</summary>
    internal List<CommitUnit>? Take(out int changes)
    {
        changes = _queuedChanges;
        if (_queue.Count == 0)
        {
            IsBusy = false;
            return null;
        }

        var taken = _underWay = _queue;
        _queue = _spare;
        _spare = [];
        _queuedChanges = 0;
        return taken;
    }

    /// <summary>Says that all units that were taken are settled, and has the next ones written into their list.</summary>
    internal void Recycle(List<CommitUnit> units)
    {
        units.Clear();
        _spare = units;
        _underWay = null;
        _settled?.TrySetResult();
        _settled = null;
    }

    /// <summary>Completes when the units that are under way now are settled.</summary>
    internal Task WhenSettledAsync() => _underWay is null
        ? Task.CompletedTask
        : (_settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Finds those of an owner's jobs that a unit under way is putting in.</summary>
    internal void FindEntering(IReadOnlyList<JobRecord> jobs, long epoch, List<JobId> entering)
    {
        if (_underWay is null) return;

        // A job with the same id and another number was there before, and its id is only asked for once more.
        var wanted = jobs.Select(job => (job.Id, job.Sequence)).ToHashSet();
        foreach (var unit in _underWay)
        {
            for (var i = 0; i < unit.Changes.Count; i++)
            {
                var change = unit.Changes[i];
                if (change.Epoch == epoch && change.Transition is { IsNewJob: true, After: { } job } && wanted.Contains((job.Id, job.Sequence)))
                    entering.Add(job.Id);
            }
        }
    }

    /// <summary>Commits units in one call to the store, and settles them.</summary>
    internal async Task CommitAsync(List<CommitUnit> units)
    {
        IReadOnlyList<CommitVerdict>? verdicts = null;
        CommitVerdict? failure = null;
        health?.CommitBegins(this);
        try
        {
            verdicts = await AskStoreAsync(units).ConfigureAwait(false);
            Commits++;
        }
        catch (OperationCanceledException e) when (givenUp.IsCancellationRequested)
        {
            failure = new CommitVerdict.Failed(new CommitFateUnknownException("of this service", e));
        }
        catch (Exception e)
        {
            failure = new CommitVerdict.Failed(e);
        }

        health?.CommitEnded(this, ErrorOf(failure, verdicts));
        for (var i = 0; i < units.Count; i++)
        {
            var verdict = failure ?? verdicts![i];
            if (verdict is CommitVerdict.Conflict && units[i].IsRepeated) verdict = await JudgeRepeatedAsync(units[i], verdict).ConfigureAwait(false);
            units[i].Settle(verdict);
        }
    }

    private async ValueTask<IReadOnlyList<CommitVerdict>> AskStoreAsync(List<CommitUnit> units)
    {
        try
        {
            return await store.CommitAsync(units, givenUp).ConfigureAwait(false);
        }
        catch (CommitFateUnknownException e)
        {
            return await resolver.ResolveAsync(units, e, givenUp).ConfigureAwait(false);
        }
    }

    /// <summary>A store that had failed on the unit and had committed it all the same refuses it now, because it is done already.</summary>
    private async ValueTask<CommitVerdict> JudgeRepeatedAsync(CommitUnit unit, CommitVerdict refusal)
    {
        try
        {
            return await resolver.TookPlaceBeforeAsync(unit, givenUp).ConfigureAwait(false) ? CommitVerdict.Committed.Instance : refusal;
        }
        catch (OperationCanceledException e)
        {
            return new CommitVerdict.Failed(e);
        }
    }

    /// <summary>Why the store failed: on all units, or on some of them.</summary>
    private static Exception? ErrorOf(CommitVerdict? failure, IReadOnlyList<CommitVerdict>? verdicts)
    {
        for (var i = 0; failure is null && i < verdicts!.Count; i++) failure = verdicts[i] as CommitVerdict.Failed;
        return (failure as CommitVerdict.Failed)?.Error;
    }
}
