namespace Jobs.Crash.Tests;

/// <summary>Reads everything that a store holds.</summary>
internal static class StoredJobs
{
    internal static async Task<IReadOnlyList<JobSnapshot>> ListAsync(IJobClient client)
    {
        var all = new List<JobSnapshot>();
        while (true)
        {
            var page = await client.ListAsync(
                new JobQuery { NewestFirst = false, PageJobs = JobQuery.MaxPageJobs, After = all.Count == 0 ? null : all[^1].Id });
            all.AddRange(page);
            if (page.Count < JobQuery.MaxPageJobs) return all;
        }
    }
}
