using Microsoft.Extensions.Hosting;

namespace Jobs.Core;

/// <summary>Starts and drains the engine with the application's host.</summary>
internal sealed class JobsHostedService(EmbeddedEngine engine) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => engine.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => engine.StopAsync(cancellationToken);
}
