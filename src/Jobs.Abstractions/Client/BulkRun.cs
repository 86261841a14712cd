namespace Jobs;

/// <summary>One action on many jobs while it runs, a page after the other.</summary>
internal sealed class BulkRun(IJobClient client, JobFilter filter, JobAction action, BulkOptions options)
{
    private readonly Lock _gate = new();
    private JobId? _newest;
    private bool _ended;

    internal BulkResult Result { get; private set; } = new() { Last = options.After };

    /// <summary>Works through the next page; false if there was none.</summary>
    internal async Task<bool> NextPageAsync(CancellationToken cancellation)
    {
        if (_ended) return false;
        var wanted = (int)Math.Min(JobQuery.MaxPageJobs, options.MaxJobs - Result.Total);
        IReadOnlyList<JobSnapshot> page;
        try
        {
            // Ids sort by time, so the newest one of now is where the call ends, however many jobs come while it runs.
            _newest ??= await ListAsync(1, newestFirst: true, null, cancellation).ConfigureAwait(false) is [var newest] ? newest.Id : null;
            page = _newest is null ? [] : await ListAsync(wanted, newestFirst: false, Result.Last, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ServiceStoppedException))
        {
            _ended = true;
            Result = Result with { Failures = Kept(new BulkFailure(null, e)) };
            return false;
        }

        var jobs = page.TakeWhile(job => job.Id <= _newest).ToList();
        await ApplyAsync(jobs, cancellation).ConfigureAwait(false);
        var isComplete = jobs.Count < wanted || jobs[^1].Id == _newest;
        Result = Result with { Last = jobs.Count == 0 ? Result.Last : jobs[^1].Id, IsComplete = isComplete };
        _ended = isComplete || Result.Total >= options.MaxJobs || Result.Failed >= options.MaxFailures;
        return jobs.Count > 0;
    }

    private ValueTask<IReadOnlyList<JobSnapshot>> ListAsync(int jobs, bool newestFirst, JobId? after, CancellationToken cancellation) => client.ListAsync(
        JobQuery.PageOf(filter, after) with { PageJobs = jobs, NewestFirst = newestFirst }, cancellation);

    private Task ApplyAsync(List<JobSnapshot> jobs, CancellationToken cancellation) => Parallel.ForEachAsync(
        jobs,
        new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellation },
        async (job, token) =>
        {
            try
            {
                await client.ApplyAsync(job.Id, action, token).ConfigureAwait(false);
                Count(result => result with { Done = result.Done + 1 });
            }
            catch (Exception e) when (e is WrongJobStateException or JobNotFoundException or UniqueKeyTakenException or PayloadPrunedException)
            {
                Count(static result => result with { Skipped = result.Skipped + 1 });
            }
            catch (Exception e) when (e is not (OperationCanceledException or ServiceStoppedException))
            {
                Count(result => result with { Failed = result.Failed + 1, Failures = Kept(new BulkFailure(job.Id, e)) });
            }
        });

    private void Count(Func<BulkResult, BulkResult> count)
    {
        lock (_gate) Result = count(Result);
    }

    private IReadOnlyList<BulkFailure> Kept(BulkFailure failure) =>
        Result.Failures.Count < BulkResult.MaxKeptFailures ? [.. Result.Failures, failure] : Result.Failures;
}
