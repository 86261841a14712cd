using Jobs.Grains.Contracts;
using Orleans;

namespace Jobs.Client;

/// <summary>The workers of a cluster: one silo asks all of them.</summary>
internal sealed class ClusterWorkerClient(IGrainFactory grains, ClusterCalls calls) : IWorkerClient
{
    private IJobDirectory Directory => grains.GetGrain<IJobDirectory>(0);

    public async ValueTask<IReadOnlyList<WorkerInfo>> ListAsync(CancellationToken cancellation = default) =>
        await calls.AskAsync(_ => Directory.ListWorkersAsync(), "list workers", cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<UnhandledTask>> ListUnhandledAsync(CancellationToken cancellation = default) =>
        await calls.AskAsync(_ => Directory.ListUnhandledAsync(), "list tasks that nobody handles", cancellation).ConfigureAwait(false);
}
