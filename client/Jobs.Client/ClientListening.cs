using Microsoft.Extensions.Hosting;

namespace Jobs.Client;

/// <summary>Listens to topics with the host: what its options say from its start on, and nothing any more when it stops.</summary>
internal sealed class ClientListening(ClusterJobClient client, JobsClientOptions options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var listen in options.Listeners) listen(client.Topics);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => client.TopicClient.StopAsync(options.DrainTime).WaitAsync(cancellationToken);
}
