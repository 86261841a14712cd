namespace Jobs.Core;

/// <summary>Does one thing to many jobs, some at a time, so that they share commits: one by one each would wait for a commit of its own.</summary>
internal static class SetAction
{
    private const int JobsAtATime = 100;

    /// <summary>Acts on jobs in their order, and returns how many were changed; those that have moved on since they were listed are left.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="act">Acts on one.</param>
    internal static async Task<int> ApplyAsync(IReadOnlyList<JobSnapshot> jobs, Func<JobId, Task> act)
    {
        var changed = 0;
        foreach (var some in jobs.Chunk(JobsAtATime))
        {
            var acts = await Task.WhenAll(some.Select(job => TryAsync(act(job.Id)))).ConfigureAwait(false);
            changed += acts.Count(done => done);
        }

        return changed;
    }

    private static async Task<bool> TryAsync(Task act)
    {
        try
        {
            await act.ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is WrongJobStateException or JobNotFoundException or UniqueKeyTakenException or PayloadPrunedException)
        {
            return false;
        }
    }
}
