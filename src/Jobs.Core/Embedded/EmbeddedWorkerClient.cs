namespace Jobs.Core;

/// <summary>The worker of an engine in the same process, and what waits in the partitions that the engine owns.</summary>
internal sealed class EmbeddedWorkerClient(EmbeddedEngine engine) : IWorkerClient
{
    public async ValueTask<IReadOnlyList<WorkerInfo>> ListAsync(CancellationToken cancellation = default)
    {
        engine.RequireRunning("list workers");
        return WorkerRoll.Workers([await engine.LookAtWorkersAsync(withWaiting: false).WaitAsync(cancellation).ConfigureAwait(false)]);
    }

    public async ValueTask<IReadOnlyList<UnhandledTask>> ListUnhandledAsync(CancellationToken cancellation = default)
    {
        engine.RequireRunning("list tasks that nobody handles");
        return WorkerRoll.Unhandled([await engine.LookAtWorkersAsync(withWaiting: true).WaitAsync(cancellation).ConfigureAwait(false)]);
    }
}
