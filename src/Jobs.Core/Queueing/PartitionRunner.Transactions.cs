namespace Jobs.Core;

/// <content>
/// Ends of attempts that commit together with what their handlers wrote: on the handler's own connection, beside the pipeline, behind the same
/// fence. Until that is settled nothing else is planned for the job, as with any other change.
/// </content>
internal sealed partial class PartitionRunner
{
    internal void ApplySettledInTransaction(StagedUnit unit, CommitVerdict verdict, AttemptTransaction transaction, DateTimeOffset now)
    {
        if (verdict is not CommitVerdict.Failed failed)
        {
            ApplySettled(unit, verdict, now);
            return;
        }

        // What the handler wrote is gone, so its attempt has failed, whatever it said; that is written as any other failure.
        _underWay--;
        var running = unit.Staged[0].Transition.Before!;
        Abort(unit, now);
        ApplyOutcome(running.Id, running.Deliveries, transaction.FailureOf(failed.Error), now);
    }

    private void CommitIn(AttemptTransaction transaction, StagedChange change)
    {
        change.UnlessCommitted = new JobEvent.GivenBack();
        _underWay++;
        _ = CommitInAsync(transaction, new StagedUnit(this, [change]), _startsUnderWay);
    }

    private async Task CommitInAsync(AttemptTransaction transaction, StagedUnit unit, Task startsUnderWay)
    {
        // The job's start may still be on its way to the store, and must not come behind its end.
        await startsUnderWay.ConfigureAwait(false);
        var verdict = await transaction.CommitAsync(unit, _pipeline.GivenUp).ConfigureAwait(false);
        Post(new PartitionMail.SettledInTransaction(unit, verdict, transaction));
    }
}
