using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Grains.Node;

/// <content>New jobs whose ids are taken: by themselves, because the request is repeated, or by others that have ended.</content>
internal sealed partial class SiloNode
{
    /// <summary>What is known of ids that are taken, to begin with.</summary>
    internal ReusedIds NewReusedIds() => new(_machine);

    /// <summary>Enqueues those jobs of a request that are not there yet, in place of the ended ones that it names.</summary>
    private async Task<EnqueueReply> EnqueueMissingAsync(HostedPartition partition, EnqueueRequest request, CancellationToken cancellation)
    {
        var reused = NewReusedIds();
        while (true)
        {
            var missing = new List<NewJobMessage>();
            var unnamed = new UnnamedIds();
            foreach (var job in request.Jobs)
            {
                if (reused.Held.ContainsKey(job.Id) || await IsThereAsync(reused, unnamed, request, job).ConfigureAwait(false)) continue;
                missing.Add(IdReuse.Over(job, reused));
            }

            if (unnamed.Reply is { } told) return told;
            if (missing.Count == 0) return IdReuse.Told(EnqueueReply.Complete, reused);
            foreach (var id in reused.Ended.Keys) await ReusedIds.SettleAsync(partition.Runner, id, Waiters).ConfigureAwait(false);
            try
            {
                var reply = await CommitNewAsync(partition, request with { Jobs = [.. missing] }, reused, cancellation).ConfigureAwait(false);
                return IdReuse.Told(reply, reused);
            }
            catch (DuplicateJobException taken) when (request.IsRepeated || IdReuse.IsReusable(request, taken.Id))
            {
                // The call before is still at it, or somebody was faster; how that job stands decides.
            }
            catch (UniqueKeyTakenException taken)
            {
                reused.Leave(taken.Id, taken.Holder);
            }
        }
    }

    /// <summary>Whether a job of a request is there already; another one in its place is noted, or refused.</summary>
    /// <param name="reused">Takes what has ended, and may be replaced.</param>
    /// <param name="unnamed">Takes what the request would have to name to replace it.</param>
    /// <param name="request">The request.</param>
    /// <param name="job">The job.</param>
    internal async Task<bool> IsThereAsync(ReusedIds reused, UnnamedIds unnamed, EnqueueRequest request, NewJobMessage job)
    {
        var isReusable = IdReuse.IsReusable(job);
        if (!request.IsRepeated && !isReusable) return false;
        var stored = await LookUpAsync(job.Id).ConfigureAwait(false);
        if (stored is not null && EnqueuePlan.IsOf(request, job, stored)) return true;
        if (!isReusable) return stored is null ? false : throw new DuplicateJobException(job.Id);
        reused.Note(job.Id, stored);
        if (stored is null || stored.Sequence == job.Replaces) return false;
        unnamed.Add(request, job, stored, Clock.GetUtcNow());
        return false;
    }
}
