using Jobs.Core;
using Jobs.Grains.Node;
using Jobs.Grains.Placement;
using Orleans.Runtime;

namespace Jobs.Grains.Hosting;

/// <summary>Asks all living silos what they know of workers.</summary>
internal sealed class WorkerCensus(NodeServiceClient nodes, SiloMembers members, SiloNode node)
{
    /// <summary>How long a silo has to answer: as long as one that is asked what its workers hold.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What each silo knows. Of one that does not answer, or is of a version that cannot, it is known only that it is there.</summary>
    internal async Task<IReadOnlyCollection<NodeWorkers>> AskAllAsync(bool withWaiting) =>
        await Task.WhenAll(members.Others.Append(members.Self).Select(silo => AskAsync(silo, withWaiting))).ConfigureAwait(false);

    private async Task<NodeWorkers> AskAsync(SiloAddress silo, bool withWaiting)
    {
        try
        {
            var answer = nodes.Of(silo).TellWorkersAsync(withWaiting).WaitAsync(Patience, TimeProvider.System);
            return (await answer.ConfigureAwait(false)).ToNodeWorkers();
        }
        catch (Exception e)
        {
            GrainsLog.NotCounted(node.Settings.Log, e, silo);
            var id = silo.ToParsableString();
            return new NodeWorkers { Own = new WorkerInfo { Id = id, Name = id, Place = WorkerPlace.Silo, IsAnswering = false } };
        }
    }
}
