using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Node;

namespace Jobs.Grains;

/// <content>Batches over several partitions: their owners hold places for the jobs, and one commit here makes all of them.</content>
internal sealed partial class JobDirectoryGrain
{
    private async Task<EnqueueReply> EnqueueAcrossAsync(EnqueueRequest[] requests, ReusedIds? reused, CancellationToken cancellation)
    {
        var held = new List<(IQueuePartition Partition, long Number)>(requests.Length);
        EnqueueReply? reply = null;
        try
        {
            var changes = new List<JobChange>();
            foreach (var request in requests)
            {
                var partition = Partition(request.Queue, request.Partition);
                var place = await partition.PrepareAsync(request, cancellation);
                held.Add((partition, place.Number));
                changes.AddRange(node.Plan.Changes(request, place, node.OptionsOf(request.Queue).Strategy));
            }

            JobChange[] all = [.. changes];
            reused?.ReplaceIn(all, node.Clock.GetUtcNow());
            var verdict = await node.CommitForOthersAsync(all);
            if (verdict is CommitVerdict.Fenced { Partition: var moved })
                await Partition(moved.Queue, moved.Number).FencedAsync(changes.First(c => c.Transition.Job.Partition == moved).Epoch);
            reply = node.Answer(verdict, all, new PartitionKey(requests[0].Queue, requests[0].Partition));
            if (reply is not null) return reply;

            // They are there since the call before, and whoever made it has told the partitions, or they find out.
            var taken = SiloNode.TakenBy(verdict);
            return await node.IsThereAsync(requests, taken) ? EnqueueReply.Complete : throw new DuplicateJobException(taken);
        }
        finally
        {
            foreach (var (partition, number) in held) await SettleAsync(partition, number, reply);
        }
    }

    /// <summary>Enqueues a batch in which an id is taken that may be used again.</summary>
    private async Task<EnqueueReply> EnqueueReusedAsync(EnqueueRequest[] requests, CancellationToken cancellation)
    {
        var reused = node.NewReusedIds();
        while (true)
        {
            var unnamed = new UnnamedIds();
            var stored = await node.LookUpAsync(requests, reused);
            foreach (var (request, job) in requests.SelectMany(r => r.Jobs.Select(j => (Request: r, Job: j))))
            {
                if (!IdReuse.IsReusable(job) || reused.Held.ContainsKey(job.Id)) continue;

                // One that is there since the call before is not alone: they are all or none.
                if (node.IsThere(reused, unnamed, request, job, stored)) return EnqueueReply.Complete;
            }

            if (unnamed.Reply is { } told) return told;

            EnqueueRequest[] left =
            [
                .. requests.Select(request => request with
                {
                    Jobs = [.. request.Jobs.Where(job => !reused.Held.ContainsKey(job.Id)).Select(job => IdReuse.Over(job, reused))],
                }).Where(request => request.Jobs.Length > 0),
            ];
            try
            {
                var reply = left.Length == 0 ? EnqueueReply.Complete : await EnqueueAcrossAsync(left, reused, cancellation);
                return IdReuse.Told(reply, reused);
            }
            catch (DuplicateJobException taken) when (requests.Any(request => IdReuse.IsReusable(request, taken.Id)))
            {
                // Somebody was faster; how that job stands decides.
            }
            catch (UniqueKeyTakenException taken)
            {
                reused.Leave(taken.Id, taken.Holder);
            }
        }
    }
}
