using Jobs.Grains.Contracts;
using Orleans;

namespace Jobs.Client;

/// <summary>The limits of a cluster. When a call returns, all silos go by it that could be reached; the others follow within seconds.</summary>
internal sealed class ClusterLimitClient(IGrainFactory grains, ClusterCalls calls) : ILimitClient
{
    private IJobDirectory Directory => grains.GetGrain<IJobDirectory>(0);

    public async ValueTask<RunLimitInfo> SetAsync(RunLimit limit, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(limit);
        var by = JobRequest.User;
        return await calls.AskAsync(_ => Directory.SetLimitAsync(limit.Checked(), by), "set a limit", cancellation).ConfigureAwait(false);
    }

    public async ValueTask<bool> RemoveAsync(string name, CancellationToken cancellation = default) =>
        await calls.AskAsync(_ => Directory.RemoveLimitAsync(RunLimit.RequireName(name)), "remove a limit", cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<RunLimitInfo>> ListAsync(CancellationToken cancellation = default) =>
        await calls.AskAsync(_ => Directory.ListLimitsAsync(), "list limits", cancellation).ConfigureAwait(false);
}
