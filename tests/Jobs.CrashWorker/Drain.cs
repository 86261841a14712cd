namespace Jobs.CrashWorker;

/// <summary>Waits until everything has ended.</summary>
internal static class Drain
{
    private static readonly JobState[] Unfinished = [JobState.Scheduled, JobState.Pending, JobState.Running, JobState.Retrying];

    internal static async Task WhenEmptyAsync(IJobClient client)
    {
        while (await client.ListAsync(new JobQuery { States = Unfinished, PageJobs = JobQuery.MaxPageJobs }) is { Count: > 0 } left)
            await Task.WhenAll(left.Select(job => client.WaitAsync(job.Id).AsTask()));
    }
}
