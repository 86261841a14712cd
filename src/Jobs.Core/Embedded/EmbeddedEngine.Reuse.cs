namespace Jobs.Core;

/// <content>Ids of the callers' own that may be used again when their jobs have ended.</content>
public sealed partial class EmbeddedEngine
{
    /// <summary>Enqueues jobs of which one was refused because its id, which may be used again, is taken.</summary>
    private async ValueTask<IReadOnlyList<JobHandle>> EnqueueAgainAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        var own = new HashSet<JobId>();
        foreach (var job in jobs)
        {
            if (job.Options?.Id is { } id && !own.Add(id)) throw new DuplicateJobException(id);
        }

        var reused = new ReusedIds(_machine);
        while (true)
        {
            EncodedJob[] left = [.. jobs.Where(job => job.Options?.Id is not { } id || !reused.Held.ContainsKey(id))];
            foreach (var job in left.Where(IsReusable)) await LookAtEndedAsync(reused, job, cancellation).ConfigureAwait(false);
            try
            {
                IReadOnlyList<JobHandle>? handles = left.Length == 0 ? [] : await TryEnqueueAsync(left, reused, cancellation).ConfigureAwait(false);
                if (handles is not null) return WithHeld(jobs, handles, reused);
            }
            catch (DuplicateJobException taken) when (IsReusable(jobs, taken.Id))
            {
                // Somebody was faster; how that job stands decides.
            }
            catch (UniqueKeyTakenException taken)
            {
                reused.Leave(taken.Id, taken.Holder);
            }
        }
    }

    private async ValueTask LookAtEndedAsync(ReusedIds reused, EncodedJob job, CancellationToken cancellation)
    {
        var id = job.Options!.Id!.Value;
        reused.Note(id, await Store.FindAsync(id, cancellation).ConfigureAwait(false));
        if (!reused.Ended.TryGetValue(id, out var ended)) return;
        var queue = await QueueAsync(ended.Terms.Queue, cancellation).ConfigureAwait(false);
        var owner = await RequireAsync(queue, id.Partition, cancellation).ConfigureAwait(false);
        await ReusedIds.SettleAsync(owner, id, Waiters).ConfigureAwait(false);
    }

    private IReadOnlyList<JobHandle> WithHeld(IReadOnlyList<EncodedJob> jobs, IReadOnlyList<JobHandle> handles, ReusedIds reused)
    {
        if (reused.Held.Count == 0) return handles;
        var next = 0;
        return
        [
            .. jobs.Select(job => job.Options?.Id is { } id && reused.Held.TryGetValue(id, out var holder)
                ? new JobHandle(Client, holder, alreadyExisted: true)
                : handles[next++]),
        ];
    }

    private static bool IsReusable(EncodedJob job) => job.Options is { Id: not null, IdScope: JobIdScope.Live };

    private static bool IsReusable(IReadOnlyList<EncodedJob> jobs, JobId taken) => jobs.Any(job => IsReusable(job) && job.Options!.Id == taken);
}
