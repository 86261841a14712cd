namespace Jobs.Core;

/// <summary>A durable subscription as it is stored: a setting whose value is the options of its jobs.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Name">Its own name.</param>
/// <param name="Options">The options of its jobs.</param>
/// <param name="Since">Since when it is there, or was changed.</param>
internal sealed record StoredSubscription(string Topic, string Name, EnqueueOptions Options, DateTimeOffset Since)
{
    private const char Separator = '/';

    internal string Task => SubscriptionNames.TaskOf(Topic, Name);

    /// <summary>The key among settings; no name has a slash.</summary>
    internal static string KeyOf(string topic, string name) => $"{topic}{Separator}{name}";

    internal static StoredSetting ToSetting<TMessage>(TopicSubscription<TMessage> subscription, DateTimeOffset now) =>
        new StoredSubscription(subscription.Topic.Name, subscription.Name, EnqueueOptions.Of(subscription.Task.Options), now).ToSetting(JobRequest.User);

    /// <summary>Stores a subscription, unless it is stored just so; whether it was written.</summary>
    internal static async ValueTask<bool> StoreAsync(ISettingStore store, StoredSetting setting, CancellationToken cancellation)
    {
        var stored = await store.ListSettingsAsync(cancellation).ConfigureAwait(false);
        if (stored.Any(s => s.Kind == setting.Kind && s.Name == setting.Name && s.Value == setting.Value)) return false;
        await store.PutSettingAsync(setting, cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>All subscriptions among the settings.</summary>
    internal static IReadOnlyList<StoredSubscription> AllOf(IReadOnlyList<StoredSetting> settings) =>
        [.. settings.Where(s => s.Kind == SettingKinds.Subscription).Select(From)];

    internal StoredSetting ToSetting(string? by) => new(SettingKinds.Subscription, KeyOf(Topic, Name))
    {
        Value = StoredSchedule.OfOptions(Options),
        ChangedAt = Since,
        ChangedBy = by,
    };

    internal TopicSubscriptionInfo ToInfo() =>
        new() { Topic = Topic, Name = Name, IsDurable = true, Since = Since, Queue = Options.Queue, Task = Task };

    internal static StoredSubscription From(StoredSetting setting)
    {
        var at = setting.Name.IndexOf(Separator, StringComparison.Ordinal);
        return new(setting.Name[..at], setting.Name[(at + 1)..], StoredSchedule.ToOptions(setting.Value!), setting.ChangedAt);
    }
}
