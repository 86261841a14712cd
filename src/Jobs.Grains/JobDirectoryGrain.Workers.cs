using Jobs.Core;

namespace Jobs.Grains;

/// <content>Workers, of which no silo knows all.</content>
internal sealed partial class JobDirectoryGrain
{
    public async Task<WorkerInfo[]> ListWorkersAsync() => [.. WorkerRoll.Workers(await workers.AskAllAsync(withWaiting: false))];

    public async Task<UnhandledTask[]> ListUnhandledAsync() => [.. WorkerRoll.Unhandled(await workers.AskAllAsync(withWaiting: true))];
}
