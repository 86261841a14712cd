using Jobs.Core;

namespace Jobs.Postgres;

/// <summary>
/// A large run as parts that are committed side by side. The server works on one transaction with one processor, so a run that is one
/// transaction leaves the others idle.
/// </summary>
internal static class CommitParts
{
    /// <summary>How many parts are under way at once, each on a connection of its own.</summary>
    internal const int AtOnce = 2;

    /// <summary>A part this large costs each job as little as a larger one would.</summary>
    private const int PartChanges = 1000;

    /// <summary>
    /// Cuts a run between its units, which are all or nothing each. A run is one part if it is small, or if it wants unique keys: whoever comes
    /// first has a key, and two parts that want each other's would wait for each other.
    /// </summary>
    /// <param name="run">Units that may be committed in any order, see <see cref="CommitContent.InRuns"/>.</param>
    internal static IReadOnlyList<IReadOnlyList<CommitUnit>> Of(IReadOnlyList<CommitUnit> run)
    {
        var changes = run.Sum(unit => unit.Changes.Count);
        var count = Math.Min(changes / PartChanges, run.Count);
        if (count < 2 || run.Any(WantsKey)) return [run];

        var size = (changes + count - 1) / count;
        var parts = new List<IReadOnlyList<CommitUnit>>(count);
        var (part, taken) = (new List<CommitUnit>(), 0);
        foreach (var unit in run)
        {
            part.Add(unit);
            taken += unit.Changes.Count;
            if (taken < size) continue;
            parts.Add(part);
            (part, taken) = ([], 0);
        }

        if (part.Count > 0) parts.Add(part);
        return parts;
    }

    private static bool WantsKey(CommitUnit unit)
    {
        for (var i = 0; i < unit.Changes.Count; i++)
        {
            var (before, after) = (unit.Changes[i].Transition.Before, unit.Changes[i].Transition.After);
            if (after is { UniqueKey: not null } && !after.State.IsFinal() && before?.State.IsFinal() != false) return true;
        }

        return false;
    }
}
