namespace Jobs.Core;

/// <content>
/// How it ends: by a stop, by another owner, or by a fault on its turn. From then on mail is refused, on the turn too, so that nobody who
/// waits for an answer is left waiting.
/// </content>
internal sealed partial class PartitionRunner
{
    private readonly HashSet<StagedUnit> _failed = [];
    private readonly List<TaskCompletionSource> _waitForQuiet = [];
    private int _underWay;
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

    /// <summary>The store has answered, but the runner has stopped; the answer is true nevertheless.</summary>
    internal static void RefuseSettled(StagedUnit unit, CommitVerdict verdict)
    {
        if (verdict is CommitVerdict.Committed) unit.Question?.Succeed(unit.Staged[0].Transition);
        else unit.Question?.Refuse();
        foreach (var change in unit.Staged) RunBehind(change);
    }

    private void Submit(StagedUnit unit)
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

    /// <summary>A fault of the library, or of something that promised not to throw: the partition can no longer be trusted.</summary>
    private void Fail(Exception error, List<PartitionMail> mail)
    {
        _stopped = true;
        foreach (var item in mail) item.Refuse();
        Close();
        _events.PartitionFailed(Key, error);
    }

    private void Close()
    {
        foreach (var change in _staged) RunBehind(change);
        _staged.Clear();
        foreach (var change in _failed.SelectMany(u => u.Staged)) RunBehind(change);
        _failed.Clear();
        foreach (var reached in _waitForQuiet) reached.TrySetResult();
        _waitForQuiet.Clear();
    }
}
