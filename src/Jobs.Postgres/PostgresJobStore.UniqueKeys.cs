using Jobs.Core;

namespace Jobs.Postgres;

/// <content>
/// Who has the unique keys of new jobs. Others end jobs and take new ones in meanwhile, so that nobody has a key says nothing of whether its new
/// job was taken in: a job was taken in if its own id is found, and left out if another job is named, which may have ended since.
/// </content>
public sealed partial class PostgresJobStore
{
    /// <summary>By the new job's id, who has its key according to the answer to a commit; nothing for a key of which it says nothing.</summary>
    private static Dictionary<JobId, JobId> HoldersIn(IReadOnlyList<(string Key, JobId Id)> answer, CommitContent content)
    {
        var own = content.Keyed.Select(job => job.Id).ToHashSet();
        var byKey = new Dictionary<string, JobId>(StringComparer.Ordinal);
        foreach (var (key, id) in answer)
        {
            // Both may be there, if the other one ended just before the own one was taken in.
            if (own.Contains(id)) byKey[key] = id;
            else byKey.TryAdd(key, id);
        }

        var holders = new Dictionary<JobId, JobId>(content.Keyed.Count);
        foreach (var job in content.Keyed)
        {
            if (byKey.TryGetValue(JobColumns.KeyOf(job.Terms.Queue, job.UniqueKey!), out var holder)) holders[job.Id] = holder;
        }

        return holders;
    }

    /// <summary>After a commit whose answer was lost: those of its new jobs with a unique key that were taken in.</summary>
    private async ValueTask<Dictionary<JobId, JobId>> TakenInAsync(CommitContent content, CancellationToken cancellation)
    {
        if (content.Keyed.Count == 0) return NoHolders;
        var found = await InsistAsync(() => ReadBackAsync(content.Keyed.Select(job => job.Id), cancellation), cancellation).ConfigureAwait(false);
        return found.Keys.ToDictionary(id => id);
    }

    /// <summary>
    /// The holders of all keys, after a commit that said nothing of some: whoever had those was gone again before anybody could see him. So
    /// nothing keeps their new jobs out any more, and they are written once more, by a commit of their own that says who has the keys now.
    /// </summary>
    private async ValueTask<IReadOnlyDictionary<JobId, JobId>> FindHoldersAsync(
        CommitContent content, Dictionary<JobId, JobId> known, CancellationToken cancellation)
    {
        var left = content.Changes
            .Where(c => c.Transition is { Before: null, After: { UniqueKey: not null } job } && !job.State.IsFinal() && !known.ContainsKey(job.Id))
            .ToList();
        if (left.Count == 0) return known;
        var rest = new CommitContent([new OwnUnit(left)]);
        try
        {
            var found = await InsistAsync(() => WriteForSureAsync(rest, cancellation), cancellation).ConfigureAwait(false);
            return known.Concat(found).ToDictionary();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The others of the commit are there, so this must not look like a refusal of all: whoever asked looks for each.
            throw new CommitFateUnknownException(_name, e);
        }
    }

    /// <summary>Changes of the store's own, of which nobody waits to hear.</summary>
    private sealed class OwnUnit(IReadOnlyList<JobChange> changes) : CommitUnit
    {
        public override IReadOnlyList<JobChange> Changes => changes;

        public override void Settle(CommitVerdict verdict)
        {
        }
    }
}
