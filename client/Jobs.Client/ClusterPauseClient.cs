using Jobs.Grains.Contracts;
using Orleans;

namespace Jobs.Client;

/// <summary>The pauses of a cluster. When a call returns, all silos go by it that could be reached; the others follow within seconds.</summary>
internal sealed class ClusterPauseClient(IGrainFactory grains, ClusterCalls calls) : IPauseClient
{
    private IJobDirectory Directory => grains.GetGrain<IJobDirectory>(0);

    public async ValueTask<Pause> PauseAsync(PauseTarget target, string? reason = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        var by = JobRequest.User;
        return await calls.AskAsync(_ => Directory.PauseAsync(target, reason, by), "pause", cancellation).ConfigureAwait(false);
    }

    public async ValueTask<bool> ResumeAsync(PauseTarget target, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        return await calls.AskAsync(_ => Directory.ResumeAsync(target), "resume", cancellation).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<Pause>> ListAsync(CancellationToken cancellation = default) =>
        await calls.AskAsync(_ => Directory.ListPausesAsync(), "list pauses", cancellation).ConfigureAwait(false);
}
