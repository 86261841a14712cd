using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Grains;

/// <content>Durable subscriptions, which every silo knows.</content>
internal sealed partial class JobDirectoryGrain
{
    public Task<SubscriptionMessage[]> DescribeTopicAsync(string topic, int messageBytes)
    {
        var most = node.Settings.Limits.MaxPayloadBytes;
        if (messageBytes > most) throw new LimitExceededException(nameof(JobLimits.MaxPayloadBytes), messageBytes, most);
        return Task.FromResult<SubscriptionMessage[]>([.. node.Subscriptions.Where(s => s.Topic == topic)]);
    }

    public Task<SubscriptionMessage[]> ListSubscriptionsAsync() => Task.FromResult<SubscriptionMessage[]>([.. node.Subscriptions]);

    public async Task SubscribeAsync(SubscriptionMessage subscription, string? by)
    {
        await node.StoreSubscriptionAsync(subscription, node.Plan.RequireKey(nameof(JobRequest.User), by), CancellationToken.None);
        await RefreshAllAsync(CancellationToken.None);
    }

    public async Task<bool> UnsubscribeAsync(string topic, string name)
    {
        var key = StoredSubscription.KeyOf(topic, name);
        var removed = await node.SettingStore.DeleteSettingAsync(SettingKinds.Subscription, key, CancellationToken.None);
        await RefreshAllAsync(CancellationToken.None);
        return removed;
    }
}
