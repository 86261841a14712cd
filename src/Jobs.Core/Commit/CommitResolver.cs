using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>
/// Finds out by reading back what became of units whose commit was not answered (rule I9). Until that is known nothing else is committed,
/// so the jobs stand as that commit left them. One job of each unit is read as a rule, because a unit is all or nothing.
/// </summary>
internal sealed class CommitResolver(IJobStore store, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>The fate of every unit, however long the store takes to come back.</summary>
    internal async Task<IReadOnlyList<CommitVerdict>> ResolveAsync(
        IReadOnlyList<CommitUnit> units, CommitFateUnknownException lost, CancellationToken cancellation)
    {
        WorkerLog.AnswerLost(log, lost, units.Count);
        var verdicts = new CommitVerdict[units.Count];
        for (var i = 0; i < verdicts.Length; i++) verdicts[i] = await JudgeAsync(units[i], lost, cancellation).ConfigureAwait(false);
        return verdicts;
    }

    /// <summary>True if a unit that the store refuses now took place when it was tried before, although the store failed on it then.</summary>
    internal async Task<bool> TookPlaceBeforeAsync(CommitUnit unit, CancellationToken cancellation)
    {
        foreach (var change in unit.Changes)
        {
            var found = await FindAsync(change, cancellation).ConfigureAwait(false);
            if (CommitEvidence.Judge(change.Transition, found is null ? null : FoundJob.Of(found)) is { } tookPlace) return tookPlace;
        }

        return false;
    }

    private async Task<CommitVerdict> JudgeAsync(CommitUnit unit, CommitFateUnknownException lost, CancellationToken cancellation)
    {
        var tookPlace = false;
        List<JobChange>? leftOut = null;
        foreach (var change in unit.Changes)
        {
            if (tookPlace && !IsKeyed(change)) continue;
            var found = await FindAsync(change, cancellation).ConfigureAwait(false);
            if (IsAnother(change, found)) return new CommitVerdict.IdTaken(found!.Id);
            switch (CommitEvidence.Judge(change.Transition, found is null ? null : FoundJob.Of(found)))
            {
                case true:
                    tookPlace = true;
                    break;
                case null when IsKeyed(change):
                    (leftOut ??= []).Add(change with { IsFresh = false });
                    break;
                case false:
                    return new CommitVerdict.Failed(lost.InnerException ?? lost);
            }
        }

        // Either another job has their unique keys, or nothing was committed: inserting them again does what is missing and says who has them.
        if (leftOut is not null)
        {
            var rest = await CommitAgainAsync(new Repeat(leftOut), cancellation).ConfigureAwait(false);

            // The others are there, so what was refused of these must not look like a refusal of all.
            return tookPlace && rest is not (CommitVerdict.Committed or CommitVerdict.CommittedExcept) ? new CommitVerdict.Failed(lost) : rest;
        }

        return tookPlace ? CommitVerdict.Committed.Instance : new CommitVerdict.Failed(lost.InnerException ?? lost);
    }

    private Task<JobRecord?> FindAsync(JobChange change, CancellationToken cancellation) =>
        InsistAsync(() => store.FindAsync(change.Transition.Job.Id, cancellation), cancellation);

    private async Task<CommitVerdict> CommitAgainAsync(Repeat unit, CancellationToken cancellation)
    {
        try
        {
            return (await InsistAsync(() => store.CommitAsync([unit], cancellation), cancellation).ConfigureAwait(false))[0];
        }
        catch (CommitFateUnknownException e)
        {
            return await JudgeAsync(unit, e, cancellation).ConfigureAwait(false);
        }
    }

    private static bool IsKeyed(JobChange change) => change.Transition is { Before: null, After.UniqueKey: not null };

    /// <summary>Sequence numbers are given once, so a job with this id and another number was there before.</summary>
    private static bool IsAnother(JobChange change, JobRecord? found) =>
        found is not null && change.Transition is { Before: null, After: { } inserted } && found.Sequence != inserted.Sequence;

    private async Task<T> InsistAsync<T>(Func<ValueTask<T>> ask, CancellationToken cancellation)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (Exception e) when (e is not CommitFateUnknownException && !cancellation.IsCancellationRequested)
            {
                WorkerLog.ReadBackDelayed(log, e, pause.TotalSeconds);
                await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    private sealed class Repeat(IReadOnlyList<JobChange> changes) : CommitUnit
    {
        public override IReadOnlyList<JobChange> Changes => changes;

        public override void Settle(CommitVerdict verdict)
        {
        }
    }
}
