using Microsoft.Extensions.Hosting;

namespace Jobs.Client.Workers;

/// <summary>Starts and drains the worker with the application's host.</summary>
internal sealed class JobsWorkerHost(JobsWorker worker) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        worker.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => worker.StopAsync(cancellationToken);
}
