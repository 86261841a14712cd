using Jobs.Core;

namespace Jobs.Grains.Node;

/// <summary>
/// Reads jobs from the store for many callers at once. After a takeover everybody who waits asks, and so does everybody whose call was not
/// answered; those who come while others are being read share the next query.
/// </summary>
internal sealed class JobLookUps(IJobStore store)
{
    private const int MaxJobsPerQuery = 1000;

    /// <summary>One is on its way while the other one is read.</summary>
    private const int MaxOpenQueries = 2;

    private readonly Lock _gate = new();
    private readonly Queue<Look> _waiting = new();
    private int _open;

    /// <summary>Reads a job as it stands after this call was made; null if it is not there.</summary>
    internal Task<JobRecord?> FindAsync(JobId id)
    {
        var look = new Look(id);
        lock (_gate)
        {
            _waiting.Enqueue(look);
            if (_open >= MaxOpenQueries) return look.Found.Task;
            _open++;
        }

        _ = ReadAllAsync();
        return look.Found.Task;
    }

    private async Task ReadAllAsync()
    {
        while (Take() is { Count: > 0 } looks)
        {
            try
            {
                var jobs = await store.FindManyAnywhereAsync([.. looks.Select(look => look.Id).Distinct()], CancellationToken.None).ConfigureAwait(false);
                foreach (var look in looks) look.Found.TrySetResult(jobs.GetValueOrDefault(look.Id));
            }
            catch (Exception e)
            {
                foreach (var look in looks) look.Found.TrySetException(e);
            }
        }
    }

    /// <summary>The next to be read; if there are none, the query's place is given up.</summary>
    private List<Look> Take()
    {
        var looks = new List<Look>();
        lock (_gate)
        {
            while (looks.Count < MaxJobsPerQuery && _waiting.TryDequeue(out var look)) looks.Add(look);
            if (looks.Count == 0) _open--;
        }

        return looks;
    }

    private sealed record Look(JobId Id)
    {
        internal TaskCompletionSource<JobRecord?> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
