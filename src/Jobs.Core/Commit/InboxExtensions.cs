namespace Jobs.Core;

/// <summary>Finds jobs wherever they are.</summary>
internal static class InboxExtensions
{
    /// <summary>A job, also if it is still in the inbox.</summary>
    internal static async ValueTask<JobRecord?> FindAnywhereAsync(this IJobStore store, JobId id, CancellationToken cancellation)
    {
        if (await store.FindAsync(id, cancellation).ConfigureAwait(false) is { } job) return job;
        if (store.Inbox is not { } inbox) return null;

        // It may move between two looks, but only in one direction.
        return await inbox.FindInInboxAsync(id, cancellation).ConfigureAwait(false)
            ?? await store.FindAsync(id, cancellation).ConfigureAwait(false);
    }

    /// <summary>Jobs, also those that are still in the inbox; what is not there is left out.</summary>
    internal static async ValueTask<Dictionary<JobId, JobRecord>> FindManyAnywhereAsync(
        this IJobStore store, IReadOnlyList<JobId> ids, CancellationToken cancellation)
    {
        var found = new Dictionary<JobId, JobRecord>(ids.Count);
        Add(await store.FindManyAsync(ids, cancellation).ConfigureAwait(false));
        if (store.Inbox is not { } inbox || Missing() is not { Count: > 0 } missing) return found;
        Add(await inbox.FindManyInInboxAsync(missing, cancellation).ConfigureAwait(false));

        // They may move between two looks, but only in one direction.
        if (Missing() is { Count: > 0 } left) Add(await store.FindManyAsync(left, cancellation).ConfigureAwait(false));
        return found;

        void Add(IReadOnlyList<JobRecord> jobs)
        {
            foreach (var job in jobs) found[job.Id] = job;
        }

        List<JobId> Missing() => [.. ids.Where(id => !found.ContainsKey(id))];
    }
}
