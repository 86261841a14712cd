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
}
