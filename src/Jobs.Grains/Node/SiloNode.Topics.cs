using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Grains.Node;

/// <content>The durable subscriptions of topics, as the settings have them.</content>
internal sealed partial class SiloNode
{
    private volatile IReadOnlyList<StoredSubscription> _subscriptions = [];
    private volatile IReadOnlyList<SubscriptionMessage> _subscriptionMessages = [];

    /// <summary>The durable subscriptions, sorted by topic and name.</summary>
    internal IReadOnlyList<SubscriptionMessage> Subscriptions => _subscriptionMessages;

    /// <summary>Stores a subscription, unless it is stored just so; whether it was written.</summary>
    internal ValueTask<bool> StoreSubscriptionAsync(SubscriptionMessage subscription, string? by, CancellationToken cancellation)
    {
        var stored = new StoredSubscription(subscription.Topic, subscription.Name, subscription.Options.ToOptions(), Clock.GetUtcNow());
        return StoredSubscription.StoreAsync(SettingStore, stored.ToSetting(by), cancellation);
    }

    /// <summary>Stores the subscriptions that the code declares; whether any was written.</summary>
    internal async Task<bool> DeclareSubscriptionsAsync(CancellationToken cancellation)
    {
        var isWritten = false;
        foreach (var declare in Settings.Subscriptions)
            isWritten |= await StoredSubscription.StoreAsync(SettingStore, declare(Clock.GetUtcNow()), cancellation).ConfigureAwait(false);
        return isWritten;
    }

    /// <summary>Whether jobs of a task are accepted, and left alone, although this silo has no handler for it.</summary>
    private bool IsLeftToOthers(string task) => Settings.Accepted.ContainsKey(task) || _subscriptions.Any(s => s.Task == task);

    private void NoteSubscriptions()
    {
        _subscriptions = StoredSubscription.AllOf(_watch.Settings);
        _subscriptionMessages =
        [
            .. _subscriptions.Select(s => new SubscriptionMessage
            {
                Topic = s.Topic,
                Name = s.Name,
                Options = JobOptionsMessage.From(s.Options),
                Since = s.Since,
            }),
        ];
    }
}
