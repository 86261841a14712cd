using Microsoft.Extensions.Hosting;

namespace Jobs.Postgres;

/// <summary>Runs a drain for as long as the application runs.</summary>
internal sealed class OutboxService(Func<OutboxDrain> make) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var drain = make();
        await using var disposing = drain.ConfigureAwait(false);
        await drain.RunAsync(stoppingToken).ConfigureAwait(false);
    }
}
