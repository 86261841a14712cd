namespace Jobs.Core;

/// <summary>
/// Judges from the rows of its jobs whether a commit of unknown fate took place (rule I9). All changes of a commit share its fate, so one that
/// did not take place tells; that one did may have been another owner's doing, who was asked for the same.
/// </summary>
public static class CommitEvidence
{
    /// <summary>Whether the commit took place.</summary>
    /// <param name="changes">What it was to change.</param>
    /// <param name="found">How the jobs stand now; those that are nowhere are left out.</param>
    /// <returns>False also if nothing can be told: then writing it again changes nothing that is not so already.</returns>
    public static bool TookPlace(IEnumerable<JobChange> changes, IReadOnlyDictionary<JobId, FoundJob> found) => Fate(changes, found, null) is true;

    /// <summary>Whether the commit took place; null if nothing can be told.</summary>
    /// <param name="changes">What it was to change.</param>
    /// <param name="found">How the jobs stand now; those that are nowhere are left out.</param>
    /// <param name="mayBeGone">Whether a new job that is nowhere may have ended since and left no record; null means none can.</param>
    public static bool? Fate(IEnumerable<JobChange> changes, IReadOnlyDictionary<JobId, FoundJob> found, Func<JobChange, bool>? mayBeGone)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(found);
        var any = false;
        foreach (var change in changes)
        {
            var tookPlace = Judge(change.Transition, found.TryGetValue(change.Transition.Job.Id, out var job) ? job : null);
            if (tookPlace is false && change.Transition.Before is null && mayBeGone?.Invoke(change) is true) continue;
            if (tookPlace is false) return false;
            any |= tookPlace is true;
        }

        return any ? true : null;
    }

    /// <summary>Whether one change took place; null if that cannot be told from its job.</summary>
    internal static bool? Judge(JobTransition change, FoundJob? found)
    {
        var (before, after) = (change.Before, change.After);
        if (after is null) return found is null;
        if (before is null) return found is not null ? true : after.UniqueKey is null ? false : null;
        if (after.State.IsFinal() && after.Terms.Retention.KeepFor == TimeSpan.Zero && after.State is not JobState.Dead) return found is null;
        var (was, becomes) = (FoundJob.Of(before), FoundJob.Of(after));
        if (was == becomes) return null;
        return found == becomes ? true : found == was ? false : null;
    }
}
