namespace Jobs.Core;

/// <summary>
/// A job of a transaction whose unique key an unfinished job had when the transaction had committed. It is kept as discarded, with a header
/// that names the other one, so that it can be seen, and so that whoever waits for it waits for the other one.
/// </summary>
internal static class ExistingJob
{
    /// <summary>The header that names the job which has the key.</summary>
    internal const string Header = "jobs-existing";

    internal static JobRecord Discarded(JobRecord job, JobId existing, DateTimeOffset now) => job with
    {
        // It has no key any more: the other one has it.
        UniqueKey = null,
        Terms = job.Terms with
        {
            Headers = new Dictionary<string, string>(job.Terms.Headers, StringComparer.OrdinalIgnoreCase) { [Header] = existing.ToString() },
        },
        State = JobState.Discarded,
        FinishedAt = now,
        Notes = new JobNotes { Reason = $"the unfinished job {existing} has its unique key '{job.UniqueKey}'" },
    };

    /// <summary>Waits for a job, and if another one is there in its place, for that one.</summary>
    /// <param name="wait">Waits for one job.</param>
    /// <param name="id">The job.</param>
    /// <param name="timeout">How long to wait in all; null means as long as it takes.</param>
    internal static async ValueTask<JobSnapshot> FollowAsync(Func<JobId, TimeSpan?, ValueTask<JobSnapshot>> wait, JobId id, TimeSpan? timeout)
    {
        var started = TimeProvider.System.GetTimestamp();
        var ended = await wait(id, timeout).ConfigureAwait(false);
        if (ended.State is not JobState.Discarded || !ended.Headers.TryGetValue(Header, out var text) || !JobId.TryParse(text, out var existing))
            return ended;
        var left = timeout - TimeProvider.System.GetElapsedTime(started);
        return await wait(existing, left < TimeSpan.Zero ? TimeSpan.Zero : left).ConfigureAwait(false);
    }
}
