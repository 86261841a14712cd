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
            var stored = await LookUpAsync([request], reused).ConfigureAwait(false);
            foreach (var job in request.Jobs)
            {
                if (reused.Held.ContainsKey(job.Id) || IsThere(reused, unnamed, request, job, stored)) continue;
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

    /// <summary>Reads what is there under the ids that have to be looked for: of repeated requests, and those that may be used again.</summary>
    internal async Task<IReadOnlyDictionary<JobId, JobRecord>> LookUpAsync(IEnumerable<EnqueueRequest> requests, ReusedIds reused)
    {
        var ids = requests.SelectMany(request => request.Jobs.Where(job => request.IsRepeated || IdReuse.IsReusable(job)).Select(job => job.Id))
            .Where(id => !reused.Held.ContainsKey(id)).Distinct();
        var found = await Task.WhenAll(ids.Select(LookUpAsync)).ConfigureAwait(false);
        return found.OfType<JobRecord>().ToDictionary(job => job.Id);
    }

    /// <summary>Whether a job of a request is there already; another one in its place is noted, or refused.</summary>
    /// <param name="reused">Takes what has ended, and may be replaced.</param>
    /// <param name="unnamed">Takes what the request would have to name to replace it.</param>
    /// <param name="request">The request.</param>
    /// <param name="job">The job.</param>
    /// <param name="found">What is there.</param>
    internal bool IsThere(
        ReusedIds reused, UnnamedIds unnamed, EnqueueRequest request, NewJobMessage job, IReadOnlyDictionary<JobId, JobRecord> found)
    {
        var isReusable = IdReuse.IsReusable(job);
        if (!request.IsRepeated && !isReusable) return false;
        var stored = found.GetValueOrDefault(job.Id);
        if (stored is not null && EnqueuePlan.IsOf(request, job, stored)) return true;
        if (!isReusable) return stored is null ? false : throw new DuplicateJobException(job.Id);
        reused.Note(job.Id, stored);
        if (stored is null || stored.Sequence == job.Replaces) return false;
        unnamed.Add(request, job, stored, Clock.GetUtcNow());
        return false;
    }
}
