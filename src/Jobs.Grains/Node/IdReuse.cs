using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Grains.Node;

/// <summary>What requests say of ids that may be used again, and what replies do.</summary>
internal static class IdReuse
{
    /// <summary>How far two silos' clocks may be apart.</summary>
    private static readonly TimeSpan MaxSkew = TimeSpan.FromSeconds(1);

    internal static bool IsReusable(NewJobMessage job) => job is { IsOwnId: true, IdScope: JobIdScope.Live };

    internal static bool IsReusable(EnqueueRequest request, JobId taken)
    {
        foreach (var job in request.Jobs)
        {
            if (job.Id == taken) return IsReusable(job);
        }

        return false;
    }

    /// <summary>Whether a request names jobs that its own are to replace.</summary>
    internal static bool ReplacesAny(EnqueueRequest request)
    {
        foreach (var job in request.Jobs)
        {
            if (job.Replaces is not null) return true;
        }

        return false;
    }

    /// <summary>The job as its partition is asked to hold a place for it.</summary>
    internal static NewJobMessage Over(NewJobMessage job, ReusedIds reused) =>
        reused.Ended.TryGetValue(job.Id, out var ended) ? job with { ReplacedDeliveries = ended.Deliveries } : job;

    /// <summary>
    /// Whether a job that ended under an id was there before the request, as far as can be told. If the request is repeated, the job may have
    /// replaced that of an earlier try, of which nothing would be left; it has not if it is older than that try.
    /// </summary>
    internal static bool IsBefore(EnqueueRequest request, NewJobMessage job, JobRecord ended, DateTimeOffset now) =>
        !request.IsRepeated || (job.Replaces is null && request.SentAgo is { } ago && ended.EnqueuedAt < now - ago - MaxSkew);

    /// <summary>A reply that also tells what was replaced, and what was left out before it was committed.</summary>
    internal static EnqueueReply Told(EnqueueReply reply, ReusedIds reused)
    {
        if (reused.Held.Count == 0 && reused.Replaced.Count == 0) return reply;
        var existing = new Dictionary<JobId, JobId>(reused.Held);
        foreach (var (id, holder) in reply.Existing ?? []) existing[id] = holder;
        return reply with
        {
            Existing = existing.Count == 0 ? null : existing,
            Replaced = reused.Replaced.Count == 0 ? null : new Dictionary<JobId, DateTimeOffset>(reused.Replaced),
        };
    }
}
