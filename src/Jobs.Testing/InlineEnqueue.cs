using Jobs.Core;

namespace Jobs.Testing;

/// <summary>Runs what was enqueued, before the enqueue returns.</summary>
internal sealed class InlineEnqueue(TestJobs queue, int maxRuns) : IEnqueueMiddleware
{
    private readonly AsyncLocal<(InlineFlow Flow, int Depth)?> _current = new();

    public async ValueTask<IReadOnlyList<JobHandle>> InvokeAsync(
        IReadOnlyList<EncodedJob> jobs, EnqueueDelegate next, CancellationToken cancellation)
    {
        var handles = await next(jobs, cancellation).ConfigureAwait(false);
        if (_current.Value is { Flow.IsOpen: true } outer)
        {
            _current.Value = (outer.Flow, outer.Depth + 1);

            // A chain of jobs that await each other without end shall meet the limit, not the end of the stack.
            if (outer.Depth % InlineJobs.MaxDepth == 0) await Task.Yield();
            await RunNewAsync(outer.Flow, jobs, handles, isDeep: outer.Depth >= InlineJobs.MaxDepth).ConfigureAwait(false);
            return handles;
        }

        var flow = new InlineFlow();
        _current.Value = (flow, 1);
        try
        {
            await RunNewAsync(flow, jobs, handles, isDeep: false).ConfigureAwait(false);
            await RunPostponedAsync(flow).ConfigureAwait(false);
        }
        finally
        {
            flow.Close();
        }

        return handles;
    }

    private async Task RunNewAsync(InlineFlow flow, IReadOnlyList<EncodedJob> jobs, IReadOnlyList<JobHandle> handles, bool isDeep)
    {
        for (var i = 0; i < handles.Count; i++)
        {
            var id = handles[i].Id;
            if (handles[i].AlreadyExisted) continue;
            var isDelayed = queue.Recorded(id)?.RunAt > queue.Clock.GetUtcNow() && !jobs[i].IsAwaited;
            if (isDelayed || (isDeep && !jobs[i].IsAwaited) || !await RunToEndAsync(flow, id).ConfigureAwait(false)) flow.Postpone(id);
        }
    }

    /// <summary>Runs what was left for later, the first due first, until nothing of it can run.</summary>
    private async Task RunPostponedAsync(InlineFlow flow)
    {
        while (await RunOneOfAsync(flow).ConfigureAwait(false))
        {
        }
    }

    private async Task<bool> RunOneOfAsync(InlineFlow flow)
    {
        var waiting = flow.Waiting.Select(id => (Id: id, RunAt: queue.Recorded(id)?.RunAt ?? default)).OrderBy(job => job.RunAt);
        foreach (var (id, _) in waiting)
        {
            if (!await RunToEndAsync(flow, id).ConfigureAwait(false)) continue;
            flow.Forget(id);
            return true;
        }

        return false;
    }

    /// <summary>Runs attempts of a job until it has ended or has rescheduled itself.</summary>
    /// <returns>False if it cannot run now; then it waits.</returns>
    private async Task<bool> RunToEndAsync(InlineFlow flow, JobId id)
    {
        while (queue.Recorded(id) is { } job && !job.State.IsFinal())
        {
            if (job.State is JobState.Running || !queue.HasHandler(job.Terms.Task)) return false;
            if (!flow.TryStart(maxRuns)) throw new DrainLimitException(maxRuns, flow.Summary, queue.Describe(job));
            queue.AdvanceTo(job.RunAt);
            if (!await queue.RunAttemptAsync(id).ConfigureAwait(false)) return false;
            var ended = queue.Recorded(id)?.State;
            flow.Count(ended);
            if (ended is JobState.Scheduled or JobState.Pending) return true;
        }

        return true;
    }
}
