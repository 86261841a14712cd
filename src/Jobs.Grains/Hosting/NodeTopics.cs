using Jobs.Client;
using Jobs.Grains.Node;

namespace Jobs.Grains.Hosting;

/// <summary>A silo's part of the topics: it stores the subscriptions that its code declares, and its listeners begin and end with it.</summary>
internal sealed class NodeTopics(SiloNode node, ClusterJobClient client, NodeServiceClient nodes)
{
    internal async Task StartAsync(CancellationToken cancellation)
    {
        if (await node.DeclareSubscriptionsAsync(cancellation).ConfigureAwait(false))
            await nodes.TellAllAsync("the settings", static silo => silo.RefreshSettingsAsync()).ConfigureAwait(false);
        if (node.Store.Settings is not null) await node.RefreshSettingsAsync(cancellation).ConfigureAwait(false);
        foreach (var listen in node.Settings.Listeners) listen(client.Topics);
    }

    internal Task StopAsync() => client.TopicClient.StopAsync(node.Settings.DrainTime);
}
